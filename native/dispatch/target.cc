#include "dispatch/target.h"

namespace ad::dispatch {
namespace {

Code code_of(ad_status status) {
  switch (status) {
    case AD_OK:
      return Code::ok;
    case AD_CANCELLED:
      return Code::cancelled;
    case AD_INVALID_ARGUMENT:
      return Code::invalid_argument;
    case AD_OUT_OF_DEVICE_MEMORY:
      return Code::device_memory;
    case AD_OUT_OF_MEMORY:
      return Code::out_of_memory;
    case AD_NO_DEVICE:
    case AD_DEVICE_ERROR:
      return Code::device;
    case AD_INTERNAL:
      break;
  }
  return Code::internal;
}

}  // namespace

Status status_of(const ad_backend& backend, ad_status status) {
  if (status == AD_OK) return {};
  return {code_of(status), backend.last_error()};
}

}  // namespace ad::dispatch
