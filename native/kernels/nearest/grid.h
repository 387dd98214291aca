#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace ad {

/// How a level writes the integer coordinates of the head: cells, packed into 32-bit words, first cell
/// lowest. int16: two signed cells a word. int8: four. int8_by_uint8: four, those of queries unsigned with
/// 128 added, for instructions that multiply unsigned with signed bytes.
enum class Grid { int16, int8, int8_by_uint8 };

constexpr std::size_t cells_per_word(Grid grid) {
  return grid == Grid::int16 ? 2 : 4;
}

/// What is added to a query's cells, those of byte_rows.h too.
constexpr std::int32_t query_offset(Grid grid) {
  return grid == Grid::int8_by_uint8 ? 128 : 0;
}

/// The largest |cell|. For int16 it is what keeps a score, dot - |m|^2 / 2 over `cells` cells, within 32
/// bits.
inline std::int32_t largest_cell(Grid grid, std::size_t cells) {
  if (grid != Grid::int16) return 127;
  return static_cast<std::int32_t>(std::fmin(std::sqrt(0x1p31 / 1.6 / static_cast<double>(cells)), 32000.0));
}

}  // namespace ad
