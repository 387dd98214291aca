#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ad/run.h"
#include "ad/status.h"
#include "kernels/nearest/cells.h"
#include "kernels/nearest/centred_bank.h"

namespace ad::nearest {

/// A bank's head for a device that scores it by itself: int8 cells whatever this CPU's level is, row by row
/// in the bank's own order, four to a word.
struct DeviceHead {
  std::size_t axis_count = 0, words = 0;
  std::vector<float> axes;
  double axes_defect = 0, shortest_tail = 0;
  CellScale scale{127};
  std::vector<std::int32_t> cells, half_norms;
  /// The largest error of a row, in cells.
  double max_error = 0;

  /// False where no head pays, or the bank's numbers are beyond what its bounds were made for.
  bool exists() const { return !cells.empty(); }

  static Status build(const CentredBank& bank, DeviceHead& out, const Run& run);
};

}  // namespace ad::nearest
