#pragma once

#include <algorithm>
#include <cstddef>

namespace ad {

// A symmetric or lower triangular matrix of `cols` columns, packed: column j holds rows j .. cols - 1, one
// column after another. Of one of low rank only the first columns are there, and the rest of the diagonal.

/// Elements of one packed triangle.
constexpr std::size_t triangle_size(std::size_t cols) {
  return cols * (cols + 1) / 2;
}

/// Elements where only the first `rank` columns are kept, and of the others, behind them, the diagonal.
constexpr std::size_t triangle_size(std::size_t cols, std::size_t rank) {
  return triangle_size(cols) - triangle_size(cols - rank) + (cols - rank);
}

/// How many columns a packed matrix of so many elements keeps. All but one is all of them.
constexpr std::size_t kept_columns(std::size_t cols, std::size_t size) {
  std::size_t rank = 0;
  while (triangle_size(cols, rank) < size) ++rank;
  return size == triangle_size(cols) ? cols : rank;
}

/// Where the diagonal of the columns that are not kept begins.
constexpr std::size_t diagonal_begin(std::size_t cols, std::size_t rank) {
  return triangle_size(cols) - triangle_size(cols - rank);
}

/// Where row 0 of column j would stand: row i >= j stands i elements after it.
constexpr std::size_t triangle_column(std::size_t cols, std::size_t j) {
  return j * cols - triangle_size(j);
}

/// How many neighbouring positions a thread takes at a time: what `prefetch_ahead` asks for at the end of a
/// triangle is then mostly its own next one, and there is still enough to share.
inline std::size_t position_block(std::size_t positions, std::size_t workers) {
  return std::clamp<std::size_t>(positions / (8 * workers), 1, 16);
}

/// Asks for `count` floats of memory that will be read soon.
inline void prefetch(const float* from, std::size_t count) {
  constexpr std::size_t kLine = 16;
  for (std::size_t i = 0; i < count; i += kLine) __builtin_prefetch(from + i);
}

/// Asks for the `count` floats that lie 4 KiB after `now`. Triangles are walked several columns at a time,
/// each too short for the processor to see where it leads; but all of it is one stretch of memory.
inline void prefetch_ahead(const float* now, std::size_t count) {
  prefetch(now + 1024, count);
}

}  // namespace ad
