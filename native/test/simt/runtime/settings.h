#pragma once

#include <cstddef>

namespace simt {

/// What the environment asks for, read anew at every launch so that a test may change it.
struct Settings {
  unsigned workers;  ///< SIMT_WORKERS: threads that run blocks, 1
  unsigned seed;  ///< SIMT_SEED: 0 runs threads, blocks and streams in order and copies as late as they may
  unsigned char poison;  ///< SIMT_POISON: the byte in memory that nobody wrote, 255: NaN as float, -1 as int
};
Settings settings();

/// SIMT_MEMORY: bytes that the device has, 1 GiB.
std::size_t device_bytes();

}  // namespace simt
