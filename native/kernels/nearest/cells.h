#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ad/run.h"
#include "ad/status.h"
#include "kernels/nearest/centred_bank.h"
#include "kernels/nearest/head_map.h"
#include "kernels/nearest/kernels.h"

namespace ad::nearest {

/// Cells of one row, with what they say and how wrong they are.
struct Cells {
  /// Sum of the squared cells.
  std::int64_t squared_norm;
  /// Bounds the distance between the cells and the row's exact, clipped coordinates, in cells.
  double error;
};

/// How coordinates become cells.
struct CellScale {
  std::int32_t largest_cell;
  /// Tails are measured from here, the middle of the bank's.
  float tail_centre = 0;
  float cells_per_unit = 0;

  /// Fits the scale to a bank's coordinates, [rows][count]; false where they are all equal.
  bool fit(const std::vector<float>& coordinates, std::size_t count);

  /// Cells of one row's coordinates, whose tail is centred in place; `error` bounds theirs.
  Cells quantise(float* coordinates, std::size_t count, double error, std::int32_t* cells) const;
};

/// The coordinates [rows][map.coordinates()] of a bank's rows, in its own order, and their errors.
Status map_bank(const NearestKernels& kernels, const HeadMap& map, const CentredBank& bank,
                std::vector<float>& coordinates, std::vector<double>& errors, const Run& run);

}  // namespace ad::nearest
