// NEON: four words of two int16 cells; of four int8 cells where the level has dot products.
#pragma once

#include <arm_neon.h>

#include <cstdint>

#include "kernels/nearest/grid.h"
#include "simd/neon.h"

namespace ad {
namespace neon {
namespace {

struct Words {
  static constexpr std::size_t kWidth = 4;
#ifdef AD_NEON_DOT_PRODUCTS
  static constexpr Grid kGrid = Grid::int8;
#else
  static constexpr Grid kGrid = Grid::int16;
#endif
  int32x4_t v;

  static Words zero() { return {vdupq_n_s32(0)}; }
  static Words broadcast(std::int32_t x) { return {vdupq_n_s32(x)}; }
  static Words load(const std::int32_t* p) { return {vld1q_s32(p)}; }
  void store(std::int32_t* p) const { vst1q_s32(p, v); }
  friend Words operator-(Words a, Words b) { return {vsubq_s32(a.v, b.v)}; }
  static Words max(Words a, Words b) { return {vmaxq_s32(a.v, b.v)}; }

  /// sum + the products of the cells of each word.
  static Words multiply_add(Words query, Words row, Words sum) {
#ifdef AD_NEON_DOT_PRODUCTS
    return {vdotq_s32(sum.v, vreinterpretq_s8_s32(query.v), vreinterpretq_s8_s32(row.v))};
#else
    const int16x8_t q = vreinterpretq_s16_s32(query.v), r = vreinterpretq_s16_s32(row.v);
    const int32x4_t low = vmull_s16(vget_low_s16(q), vget_low_s16(r)), high = vmull_high_s16(q, r);
    return {vaddq_s32(sum.v, vpaddq_s32(low, high))};
#endif
  }
  /// Bit i: lane i of a is >= lane i of b.
  static std::uint64_t at_least(Words a, Words b) {
    const uint32x4_t bits = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(vcgeq_s32(a.v, b.v), bits));
  }
};

}  // namespace
}  // namespace neon
}  // namespace ad
