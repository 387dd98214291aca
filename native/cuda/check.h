#pragma once

#include <cuda_runtime.h>

#include <stdexcept>
#include <string>

#include "ad/backend_abi.h"

namespace ad::cuda {

/// What an entry point answers instead of AD_OK, on its way through the host code.
class Failure : public std::runtime_error {
 public:
  Failure(ad_status status, const std::string& message) : std::runtime_error(message), status(status) {}
  const ad_status status;
};

inline ad_status status_of(cudaError_t error) {
  switch (error) {
    case cudaErrorMemoryAllocation:
      return AD_OUT_OF_DEVICE_MEMORY;
    case cudaErrorNoDevice:
    case cudaErrorInsufficientDriver:
      return AD_NO_DEVICE;
    default:
      return AD_DEVICE_ERROR;
  }
}

/// Throws unless a runtime call worked. The runtime remembers failures that can be recovered from: they are
/// taken off here, so that the next call is not blamed for them.
inline void check(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return;
  static_cast<void>(cudaGetLastError());
  throw Failure(status_of(error),
                std::string(what) + ": " + cudaGetErrorString(error) + " (" + cudaGetErrorName(error) + ")");
}

}  // namespace ad::cuda
