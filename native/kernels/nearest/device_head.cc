#include "kernels/nearest/device_head.h"

#include <algorithm>

#include "kernels/nearest/head_plan.h"
#include "kernels/nearest/panels.h"
#include "kernels/nearest/principal_axes.h"

namespace ad::nearest {

Status DeviceHead::build(const CentredBank& bank, DeviceHead& out, const Run& run) {
  const NearestKernels& kernels = kNearest.pick();
  HeadPlan plan;
  Status status = plan_head(kernels, bank, plan, run.stage(0, 0.5));
  if (!status.ok() || plan.axes == 0) return status;
  out.axis_count = plan.axes;
  out.axes = mixed(kernels, plan.basis.data(), plan.axes, bank.rows.cols);
  out.axes_defect = orthonormality_defect(kernels, out.axes.data(), plan.axes, bank.rows.cols);
  out.shortest_tail = plan.shortest_tail;
  const HeadMap map(kernels, out.axes, plan.axes, plan.shortest_tail);
  const std::size_t count = map.coordinates();
  std::vector<float> coordinates;
  std::vector<double> errors;
  status = map_bank(kernels, map, bank, coordinates, errors, run.stage(0.5, 1));
  if (!status.ok() || !out.scale.fit(coordinates, count)) return status;

  out.words = words_for(Grid::int8, count);
  out.cells.resize(bank.rows.rows * out.words);
  out.half_norms.resize(bank.rows.rows);
  std::vector<std::int32_t> cells(out.words * cells_per_word(Grid::int8));
  for (std::size_t i = 0; i < bank.rows.rows; ++i) {
    const Cells row = out.scale.quantise(coordinates.data() + i * count, count, errors[i], cells.data());
    out.max_error = std::max(out.max_error, row.error);
    out.half_norms[i] = static_cast<std::int32_t>(row.squared_norm / 2);
    // One row is a panel of one lane.
    pack_cells(Grid::int8, cells.data(), out.words, 0, 0, 1, out.cells.data() + i * out.words);
  }
  return {};
}

}  // namespace ad::nearest
