// Barriers of a block, and fences.
#pragma once

#include "words.h"

namespace simt {
enum class Vote { none, count, all, any };
/// Waits until every thread of the block is here; what they vote.
int barrier(Vote vote, bool mine, const char* file, int line);
void fence();
[[noreturn]] void trap(const char* file, int line);
}  // namespace simt

inline void __syncthreads(SIMT_HERE) {
  simt::barrier(simt::Vote::none, false, file, line);
}
inline int __syncthreads_count(int mine, SIMT_HERE) {
  return simt::barrier(simt::Vote::count, mine != 0, file, line);
}
inline int __syncthreads_and(int mine, SIMT_HERE) {
  return simt::barrier(simt::Vote::all, mine != 0, file, line);
}
inline int __syncthreads_or(int mine, SIMT_HERE) {
  return simt::barrier(simt::Vote::any, mine != 0, file, line);
}

inline void __threadfence() {
  simt::fence();
}
inline void __threadfence_block() {
  simt::fence();
}
inline void __threadfence_system() {
  simt::fence();
}
inline void __nanosleep(unsigned) {
  simt::may_yield();
}
inline void __trap(SIMT_HERE) {
  simt::trap(file, line);
}
