#pragma once

#include "block.h"

namespace simt {

/// Runs every block of a launch on SIMT_WORKERS threads and returns when all have ended. Host threads never
/// run device code: their thread-local memory is not shared memory, and is left alone.
void run_grid(const Launch& launch);

}  // namespace simt
