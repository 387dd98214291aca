#include "kernels/nearest/device_head.h"

#include <algorithm>

#include "kernels/nearest/head_plan.h"
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
  status = map_bank(kernels, map, bank, nullptr, coordinates, errors, run.stage(0.5, 1));
  if (!status.ok() || !out.scale.fit(coordinates, count)) return status;

  constexpr std::size_t kPerWord = 4;
  out.words = (count + kPerWord - 1) / kPerWord;
  out.cells.resize(bank.rows.rows * out.words);
  out.half_norms.resize(bank.rows.rows);
  std::vector<std::int32_t> cells(out.words * kPerWord);
  for (std::size_t i = 0; i < bank.rows.rows; ++i) {
    const Cells row = out.scale.quantise(coordinates.data() + i * count, count, errors[i], cells.data());
    out.max_error = std::max(out.max_error, row.error);
    out.half_norms[i] = static_cast<std::int32_t>(row.squared_norm / 2);
    for (std::size_t w = 0; w < out.words; ++w) {
      std::uint32_t word = 0;
      for (std::size_t j = 0; j < kPerWord; ++j)
        word |= (static_cast<std::uint32_t>(cells[w * kPerWord + j]) & 0xffu) << (8 * j);
      out.cells[i * out.words + w] = static_cast<std::int32_t>(word);
    }
  }
  return {};
}

}  // namespace ad::nearest
