#include "kernels/nearest/cells.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "cpu/parallel.h"
#include "kernels/nearest/rounding.h"

namespace ad::nearest {
namespace {

/// To the nearest integer, for |x| < 2^22: the sum's last bit is worth 1.
inline float rounded(float x) {
  constexpr float kShift = 0x1.8p23f;
  return (x + kShift) - kShift;
}

}  // namespace

bool CellScale::fit(const std::vector<float>& coordinates, std::size_t count) {
  float shortest = std::numeric_limits<float>::max(), longest = 0, largest = 0;
  for (std::size_t i = 0; i < coordinates.size(); i += count) {
    const float* const row = coordinates.data() + i;
    for (std::size_t j = 0; j + 1 < count; ++j) largest = std::max(largest, std::fabs(row[j]));
    shortest = std::min(shortest, row[count - 1]);
    longest = std::max(longest, row[count - 1]);
  }
  if (!(std::max(largest, longest - shortest) > 0)) return false;
  tail_centre = (shortest + longest) / 2;
  largest = std::max(largest, (longest - shortest) / 2);
  // Just inside the last cell, so that no row is ever clipped.
  cells_per_unit = static_cast<float>((largest_cell - 0.01) / static_cast<double>(largest));
  return true;
}

Cells CellScale::quantise(float* coordinates, std::size_t count, double error, std::int32_t* cells) const {
  coordinates[count - 1] -= tail_centre;
  const auto edge = static_cast<float>(largest_cell);
  float squared_residual = 0;
  std::int64_t squared_norm = 0;
  for (std::size_t j = 0; j < count; ++j) {
    const float x = std::min(edge, std::max(-edge, coordinates[j] * cells_per_unit));
    const float cell = rounded(x);
    squared_residual += (x - cell) * (x - cell);
    cells[j] = static_cast<std::int32_t>(cell);
    squared_norm += static_cast<std::int64_t>(cells[j]) * cells[j];
  }
  const double n = static_cast<double>(count);
  // The residual's sum rounds n times; the tail's centring, the scaling and its float rounding once per
  // coordinate.
  const double residual = std::sqrt(static_cast<double>(squared_residual)) * (1 + n * kUnitRoundoff);
  const double rounding = 4 * kUnitRoundoff * largest_cell * std::sqrt(n);
  return {squared_norm, (residual + rounding + error * cells_per_unit) * (1 + 1e-9)};
}

Status map_bank(const NearestKernels& kernels, const HeadMap& map, const CentredBank& bank,
                std::vector<float>& coordinates, std::vector<double>& errors, const Run& run) {
  const std::size_t rows = bank.rows.rows, cols = bank.rows.cols, width = map.tile_rows();
  const std::size_t count = map.coordinates();
  coordinates.resize(rows * count);
  errors.resize(rows);
  return parallel_for(run, (rows + width - 1) / width, [&](std::size_t tile, int) {
    const std::size_t first = tile * width, n = std::min(width, rows - first);
    std::vector<float> centred(width * cols);
    std::vector<const float*> pointers(width);
    std::vector<double> norms(width);
    for (std::size_t i = 0; i < n; ++i) {
      float* const out = centred.data() + i * cols;
      kernels.subtract(bank.rows.row(first + i), bank.mean.data(), cols, out);
      pointers[i] = out;
      norms[i] = std::sqrt(kernels.dot(out, out, cols));
    }
    map.map(pointers.data(), norms.data(), n, coordinates.data() + first * count, errors.data() + first);
  });
}

}  // namespace ad::nearest
