#pragma once

#include <new>
#include <string>

#include "cuda/check.h"

namespace ad::cuda {

/// The caller's hooks, null-safe.
class Call {
 public:
  explicit Call(const ad_call* call) : call_(call != nullptr ? *call : ad_call{}) {}

  void throw_if_cancelled() const {
    if (call_.cancelled != nullptr && call_.cancelled(call_.user) != 0) {
      throw Failure(AD_CANCELLED, "cancelled");
    }
  }
  void report(double share) const {
    if (call_.progress != nullptr) call_.progress(call_.user, share);
  }
  std::uint64_t memory_budget() const { return call_.memory_budget; }

 private:
  ad_call call_;
};

/// The text behind last_error().
inline std::string& last_error_text() {
  static thread_local std::string text;
  return text;
}

/// Runs an entry point's body: the border that exceptions do not cross.
template <class Body>
ad_status guarded(Body body) noexcept {
  try {
    body();
    return AD_OK;
  } catch (const Failure& failure) {
    last_error_text() = failure.what();
    return failure.status;
  } catch (const std::bad_alloc&) {
    last_error_text() = "out of memory";
    return AD_OUT_OF_MEMORY;
  } catch (const std::exception& error) {
    last_error_text() = error.what();
    return AD_INTERNAL;
  } catch (...) {
    last_error_text() = "unknown failure";
    return AD_INTERNAL;
  }
}

}  // namespace ad::cuda
