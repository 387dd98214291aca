// Warp collectives: every lane that the mask names has to come, with the same mask, at the same place.
#pragma once

#include <type_traits>

#include "words.h"

namespace simt {
enum class Collective {
  sync,
  shuffle,
  ballot,
  any,
  all,
  match,
  add,
  minimum,
  maximum,
  bit_and,
  bit_or,
  bit_xor
};
/// What `kind` gives the calling lane; `source` is the lane that a shuffle reads.
std::uint64_t collective(Collective kind, unsigned mask, std::uint64_t mine, int source, const char* file,
                         int line);
unsigned active_mask();
int lane();

/// First lane of the caller's group of `width`.
inline int group_start(int width) {
  return lane() & ~(width - 1);
}
template <class T>
T shuffle(unsigned mask, T mine, int source, const char* file, int line) {
  return from_bits<T>(collective(Collective::shuffle, mask, to_bits(mine), source, file, line));
}
template <class T>
T reduce(Collective kind, unsigned mask, T mine, const char* file, int line) {
  static_assert(std::is_integral_v<T> && sizeof(T) == 4, "the hardware reduces 32-bit integers only");
  return static_cast<T>(
      collective(kind, mask, static_cast<std::uint64_t>(static_cast<std::int64_t>(mine)), 0, file, line));
}
}  // namespace simt

inline void __syncwarp(unsigned mask = 0xffffffffu, SIMT_HERE) {
  simt::collective(simt::Collective::sync, mask, 0, 0, file, line);
}
template <class T>
T __shfl_sync(unsigned mask, T mine, int source, int width = 32, SIMT_HERE) {
  return simt::shuffle(mask, mine, simt::group_start(width) + (source & (width - 1)), file, line);
}
template <class T>
T __shfl_xor_sync(unsigned mask, T mine, int bits, int width = 32, SIMT_HERE) {
  const int source = simt::lane() ^ bits;
  return simt::shuffle(mask, mine, source < simt::group_start(width) + width ? source : simt::lane(), file,
                       line);
}
template <class T>
T __shfl_up_sync(unsigned mask, T mine, unsigned delta, int width = 32, SIMT_HERE) {
  const int source = simt::lane() - static_cast<int>(delta);
  return simt::shuffle(mask, mine, source >= simt::group_start(width) ? source : simt::lane(), file, line);
}
template <class T>
T __shfl_down_sync(unsigned mask, T mine, unsigned delta, int width = 32, SIMT_HERE) {
  const int source = simt::lane() + static_cast<int>(delta);
  return simt::shuffle(mask, mine, source < simt::group_start(width) + width ? source : simt::lane(), file,
                       line);
}
inline unsigned __ballot_sync(unsigned mask, int mine, SIMT_HERE) {
  return static_cast<unsigned>(simt::collective(simt::Collective::ballot, mask, mine != 0, 0, file, line));
}
inline int __any_sync(unsigned mask, int mine, SIMT_HERE) {
  return static_cast<int>(simt::collective(simt::Collective::any, mask, mine != 0, 0, file, line));
}
inline int __all_sync(unsigned mask, int mine, SIMT_HERE) {
  return static_cast<int>(simt::collective(simt::Collective::all, mask, mine != 0, 0, file, line));
}
template <class T>
unsigned __match_any_sync(unsigned mask, T mine, SIMT_HERE) {
  return static_cast<unsigned>(
      simt::collective(simt::Collective::match, mask, simt::to_bits(mine), 0, file, line));
}
template <class T>
T __reduce_add_sync(unsigned mask, T mine, SIMT_HERE) {
  return simt::reduce(simt::Collective::add, mask, mine, file, line);
}
template <class T>
T __reduce_min_sync(unsigned mask, T mine, SIMT_HERE) {
  return simt::reduce(simt::Collective::minimum, mask, mine, file, line);
}
template <class T>
T __reduce_max_sync(unsigned mask, T mine, SIMT_HERE) {
  return simt::reduce(simt::Collective::maximum, mask, mine, file, line);
}
inline unsigned __reduce_and_sync(unsigned mask, unsigned mine, SIMT_HERE) {
  return simt::reduce(simt::Collective::bit_and, mask, mine, file, line);
}
inline unsigned __reduce_or_sync(unsigned mask, unsigned mine, SIMT_HERE) {
  return simt::reduce(simt::Collective::bit_or, mask, mine, file, line);
}
inline unsigned __reduce_xor_sync(unsigned mask, unsigned mine, SIMT_HERE) {
  return simt::reduce(simt::Collective::bit_xor, mask, mine, file, line);
}
inline unsigned __activemask() {
  return simt::active_mask();
}
