// cp.async through its pipeline primitives. A copy lands as late as the wait allows or, by the seed, as early
// as it may: too weak a wait then reads poison, and a copy that is issued too early overwrites what others
// still read.
#pragma once

#include <cuda_runtime.h>

namespace simt {
void async_copy(void* to, const void* from, std::size_t bytes, std::size_t zeros, const char* file, int line);
void async_commit();
void async_wait(std::size_t groups_left_open);
}  // namespace simt

inline void __pipeline_memcpy_async(void* to, const void* from, std::size_t bytes, std::size_t zeros = 0,
                                    SIMT_HERE) {
  simt::async_copy(to, from, bytes, zeros, file, line);
}
inline void __pipeline_commit() {
  simt::async_commit();
}
inline void __pipeline_wait_prior(std::size_t groups_left_open) {
  simt::async_wait(groups_left_open);
}
