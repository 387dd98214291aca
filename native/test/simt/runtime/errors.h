#pragma once

#include <cuda_runtime.h>

#include <mutex>

#include "streams.h"

namespace simt {

/// Remembers an error of this host thread and gives it back.
cudaError_t answer(cudaError_t error);

/// What every call of the host begins with.
#define SIMT_LOCKED const std::lock_guard<std::recursive_mutex> lock(simt::device_lock())

}  // namespace simt
