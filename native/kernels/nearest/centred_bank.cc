#include "kernels/nearest/centred_bank.h"

#include <algorithm>
#include <cmath>

#include "cpu/parallel.h"
#include "kernels/nearest/finite.h"
#include "kernels/nearest/kernels.h"
#include "kernels/nearest/order.h"

namespace ad::nearest {
namespace {

constexpr std::size_t kRowsPerTask = 256;

/// The mean of 1,000 to 2,000 rows spread over the bank: any centre is exact, a central one is fast.
std::vector<float> sample_mean(const MatrixView<const float>& rows) {
  const std::size_t step = std::max<std::size_t>(1, rows.rows / 1000);
  std::vector<double> sums(rows.cols);
  double count = 0;
  for (std::size_t i = 0; i < rows.rows; i += step, ++count) {
    for (std::size_t c = 0; c < rows.cols; ++c) sums[c] += static_cast<double>(rows.row(i)[c]);
  }
  std::vector<float> mean(rows.cols);
  if (count > 0)
    std::transform(sums.begin(), sums.end(), mean.begin(), [=](double sum) { return sum / count; });
  return mean;
}

}  // namespace

Status centre(MatrixView<const float> rows, CentredBank& out, const Run& run) {
  const NearestKernels& kernels = kNearest.pick();
  out.rows = rows;
  out.mean = sample_mean(rows);
  out.order = scan_order(rows.rows);
  out.half_norms.resize(rows.rows);

  const std::size_t tasks = (rows.rows + kRowsPerTask - 1) / kRowsPerTask;
  std::vector<double> max_norms(tasks);
  NotFinite not_finite;
  const Status status = parallel_for(run, tasks, [&](std::size_t task, int) {
    std::vector<float> centred(rows.cols);
    const std::size_t end = std::min((task + 1) * kRowsPerTask, rows.rows);
    for (std::size_t i = task * kRowsPerTask; i < end; ++i) {
      kernels.subtract(rows.row(i), out.mean.data(), rows.cols, centred.data());
      const double squared_norm = kernels.dot(centred.data(), centred.data(), rows.cols);
      not_finite.check(rows, i, squared_norm);
      out.half_norms[i] = static_cast<float>(squared_norm / 2);
      max_norms[task] = std::max(max_norms[task], std::sqrt(squared_norm));
    }
  });
  if (!status.ok()) return status;
  if (not_finite.any()) return not_finite.status("bank", rows);
  for (double norm : max_norms) out.max_norm = std::max(out.max_norm, norm);
  return {};
}

}  // namespace ad::nearest
