// The vector code of the room: include after simd/<level>.h.
#pragma once

#include "kernels/patch_embed/kernels.h"

namespace ad {
namespace AD_LEVEL {
namespace {

/// Calls body(i, lanes) over [0, n): whole registers first, then the rest with lanes < kWidth.
template <class Whole, class Rest>
inline void sweep(std::size_t n, Whole whole, Rest rest) {
  std::size_t i = 0;
  for (; i + F32::kWidth <= n; i += F32::kWidth) whole(i);
  if (i < n) rest(i, n - i);
}

void pool(const float* plane, std::size_t height, std::size_t width, std::size_t patch, float* scratch,
          float* out) {
  const std::size_t half = patch / 2;
  for (std::size_t i = 0; i < width + patch - 1; ++i) scratch[i] = 0;
  float* const sums = scratch + half;
  const F32 factor = F32::broadcast(1.0f / static_cast<float>(patch * patch));
  for (std::size_t y = 0; y < height; ++y) {
    const std::size_t first = y < half ? 0 : y - half;
    const std::size_t end = y + half + 1 < height ? y + half + 1 : height;
    const auto column = [&](auto load, std::size_t x) {
      F32 sum = load(plane + first * width + x);
      for (std::size_t row = first + 1; row < end; ++row) sum = sum + load(plane + row * width + x);
      return sum;
    };
    sweep(
        width, [&](std::size_t x) { column([](const float* p) { return F32::load(p); }, x).store(sums + x); },
        [&](std::size_t x, std::size_t lanes) {
          column([&](const float* p) { return F32::load_first(p, lanes); }, x).store_first(sums + x, lanes);
        });
    const auto across = [&](auto load, std::size_t x) {
      F32 sum = load(scratch + x);
      for (std::size_t i = 1; i < patch; ++i) sum = sum + load(scratch + x + i);
      return sum * factor;
    };
    float* const row = out + y * width;
    sweep(
        width, [&](std::size_t x) { across([](const float* p) { return F32::load(p); }, x).store(row + x); },
        [&](std::size_t x, std::size_t lanes) {
          across([&](const float* p) { return F32::load_first(p, lanes); }, x).store_first(row + x, lanes);
        });
  }
}

void blend(const float* const corners[4], float u, float v, float scale, std::size_t n, float* out) {
  const F32 right = F32::broadcast(u), left = F32::broadcast(1.0f - u);
  const F32 bottom = F32::broadcast(v), top = F32::broadcast(1.0f - v);
  const F32 factor = F32::broadcast(scale);
  const auto mix = [&](auto load, std::size_t i) {
    const F32 upper = load(corners[0] + i) * left + load(corners[1] + i) * right;
    const F32 lower = load(corners[2] + i) * left + load(corners[3] + i) * right;
    return (upper * top + lower * bottom) * factor;
  };
  sweep(
      n, [&](std::size_t i) { mix([](const float* p) { return F32::load(p); }, i).store(out + i); },
      [&](std::size_t i, std::size_t lanes) {
        mix([&](const float* p) { return F32::load_first(p, lanes); }, i).store_first(out + i, lanes);
      });
}

void multiply(const float* a, float scale, std::size_t n, float* out) {
  const F32 factor = F32::broadcast(scale);
  sweep(
      n, [&](std::size_t i) { (F32::load(a + i) * factor).store(out + i); },
      [&](std::size_t i, std::size_t lanes) {
        (F32::load_first(a + i, lanes) * factor).store_first(out + i, lanes);
      });
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
