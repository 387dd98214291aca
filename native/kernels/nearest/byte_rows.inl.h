// Products of rows of bytes, compiled once per level: include after words/<level>.h.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#ifdef __AVX2__
#include "kernels/nearest/words/signed_bytes.h"
#endif

namespace ad {
namespace AD_LEVEL {
namespace {

/// The largest |x[i]|.
inline float largest(const float* x, std::size_t n) {
  constexpr std::size_t kLanes = 16;
  float most[kLanes] = {};
  const auto raise = [](float& a, float b) { a = std::fabs(b) > a ? std::fabs(b) : a; };
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) raise(most[l], x[i + l]);
  }
  for (std::size_t l = 0; i + l < n; ++l) raise(most[l], x[i + l]);
  for (std::size_t l = 1; l < kLanes; ++l) raise(most[0], most[l]);
  return most[0];
}

/// cells[i] = x[i] * inverse to the nearest integer; answers the sum of what that rounded away, squared.
inline float round_to_bytes(const float* x, float inverse, std::size_t n, std::int8_t* cells) {
  constexpr std::size_t kLanes = 16;
  float sums[kLanes] = {};
  const auto round = [&](std::size_t at, float& sum) {
    // Beyond 2^23 a float's last bit is worth 1.
    const float scaled = x[at] * inverse, whole = (scaled + 0x1.8p23f) - 0x1.8p23f;
    sum += (scaled - whole) * (scaled - whole);
    cells[at] = static_cast<std::int8_t>(static_cast<std::int32_t>(whole));
  };
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) round(i + l, sums[l]);
  }
  for (std::size_t l = 0; i + l < n; ++l) round(i + l, sums[l]);
  for (std::size_t l = 1; l < kLanes; ++l) sums[0] += sums[l];
  return sums[0];
}

/// Sum of query[i] * row[i]. Compilers know this loop for what their processor has: vpdpbusd with VNNI and
/// unsigned cells, sdot with signed ones, else widening.
template <class Cell>
inline std::int32_t plain_dot(const Cell* query, const std::int8_t* row, std::size_t n) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i)
    sum += static_cast<std::int32_t>(query[i]) * static_cast<std::int32_t>(row[i]);
  return sum;
}

inline std::int32_t dot_bytes(const std::uint8_t* query, const std::int8_t* row, std::size_t n) {
  if constexpr (query_offset(Words::kGrid) != 0) {
    return plain_dot(query, row, n);
  } else {
    const std::int8_t* const cells = reinterpret_cast<const std::int8_t*>(query);
#ifdef __AVX2__
    return dot_signed_bytes(cells, row, n);
#else
    return plain_dot(cells, row, n);
#endif
  }
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
