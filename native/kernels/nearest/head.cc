#include "kernels/nearest/head.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "cpu/parallel.h"
#include "kernels/nearest/clusters.h"
#include "kernels/nearest/head_plan.h"
#include "kernels/nearest/principal_axes.h"
#include "kernels/nearest/rounding.h"

namespace ad::nearest {

HeadBound::HeadBound(std::int64_t squared_norm, double cells_per_unit, double error, std::size_t cols)
    : squared_norm_(static_cast<double>(squared_norm)),
      cells_per_unit_(cells_per_unit),
      error_(error),
      cols_(static_cast<double>(cols)) {}

double HeadBound::reach(float limit) const {
  return largest_distance(limit, cols_) * cells_per_unit_ * (1 + 1e-12) + error_;
}

std::int32_t HeadBound::threshold(float limit) const {
  constexpr double kLowest = std::numeric_limits<std::int32_t>::lowest() + 1.0;
  constexpr double kHighest = std::numeric_limits<std::int32_t>::max();
  if (std::isinf(limit)) return std::numeric_limits<std::int32_t>::lowest();
  const double within = reach(limit);
  return static_cast<std::int32_t>(
      std::clamp(std::floor((squared_norm_ - within * within) / 2) - 1, kLowest, kHighest));
}

Head::Head(const NearestKernels& kernels, HeadMap map, std::size_t cols)
    : kernels_(&kernels),
      map_(std::move(map)),
      cols_(cols),
      words_(words_for(kernels.grid, map_.coordinates())),
      scale_{largest_cell(kernels.grid, map_.coordinates())} {}

Status Head::build(const CentredBank& bank, std::unique_ptr<const Head>& out, const Run& run) {
  const NearestKernels& kernels = kNearest.pick();
  HeadPlan plan;
  Status status = plan_head(kernels, bank, plan, run.stage(0, 0.5));
  if (!status.ok() || plan.axes == 0) return status;
  const std::vector<float> axes = mixed(kernels, plan.basis.data(), plan.axes, bank.rows.cols);
  std::unique_ptr<Head> head(
      new Head(kernels, HeadMap(kernels, axes, plan.axes, plan.shortest_tail), bank.rows.cols));
  status = head->fill(bank, run.stage(0.5, 1));
  if (status.ok() && !head->order_.empty()) out = std::move(head);
  return status;
}

Status Head::fill(const CentredBank& bank, const Run& run) {
  const std::size_t rows = bank.rows.rows, count = map_.coordinates();
  std::vector<float> coordinates;
  std::vector<double> errors;
  Status status = map_bank(*kernels_, map_, bank, coordinates, errors, run.stage(0, 0.6));
  // Equal rows leave nothing to tell apart.
  if (!status.ok() || !scale_.fit(coordinates, count)) return status;
  status =
      cluster_order(*kernels_, {coordinates.data(), rows, count}, kClusterRows, order_, run.stage(0.6, 0.8));
  if (!status.ok()) return status;

  const std::size_t clusters = (rows + kClusterRows - 1) / kClusterRows;
  rows_ = Panels(*kernels_, words_, rows);
  centres_ = Panels(*kernels_, words_, clusters);
  radii_.resize(clusters);
  std::vector<double> worst(clusters);
  status = parallel_for(run.stage(0.8, 1), clusters,
                        [&](std::size_t i, int) { worst[i] = fill_cluster(i, coordinates, errors); });
  for (double error : worst) max_error_ = std::max(max_error_, error);
  return status;
}

/// Answers the largest error of its rows.
double Head::fill_cluster(std::size_t cluster, std::vector<float>& coordinates,
                          const std::vector<double>& errors) {
  const std::size_t first = cluster * kClusterRows, n = std::min(kClusterRows, order_.size() - first);
  std::vector<std::int32_t> members(n * cells()), centre(cells());
  std::vector<std::int64_t> sums(cells());
  const std::size_t count = map_.coordinates();
  double worst = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t row = order_[first + i];
    std::int32_t* member = members.data() + i * cells();
    const Cells quantised = scale_.quantise(coordinates.data() + row * count, count, errors[row], member);
    worst = std::max(worst, quantised.error);
    rows_.put(first + i, member);
    for (std::size_t c = 0; c < cells(); ++c) sums[c] += member[c];
  }
  for (std::size_t c = 0; c < cells(); ++c)
    centre[c] = static_cast<std::int32_t>(sums[c] / static_cast<std::int64_t>(n));
  centres_.put(cluster, centre.data());

  std::int64_t farthest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    std::int64_t squared = 0;
    for (std::size_t c = 0; c < cells(); ++c) {
      const std::int64_t difference = members[i * cells() + c] - centre[c];
      squared += difference * difference;
    }
    farthest = std::max(farthest, squared);
  }
  radii_[cluster] = std::sqrt(static_cast<double>(farthest)) * (1 + 1e-15);
  return worst;
}

Head::Queries Head::prepare(const std::vector<const float*>& centred,
                            const std::vector<double>& norms) const {
  const std::size_t width = kernels_->head.queries, count = map_.coordinates(), step = map_.tile_rows();
  Queries out;
  out.words.assign((centred.size() + width - 1) / width * tile_words(), 0);
  out.bounds.reserve(centred.size());
  std::vector<float> coordinates(step * count);
  std::vector<double> errors(step);
  std::vector<std::int32_t> cells(this->cells());
  for (std::size_t first = 0; first < centred.size(); first += step) {
    const std::size_t n = std::min(step, centred.size() - first);
    map_.map(centred.data() + first, norms.data() + first, n, coordinates.data(), errors.data());
    for (std::size_t i = 0; i < n; ++i) {
      const Cells query = scale_.quantise(coordinates.data() + i * count, count, errors[i], cells.data());
      out.bounds.emplace_back(query.squared_norm, scale_.cells_per_unit, query.error + max_error_, cols_);
      const std::size_t q = first + i;
      pack_cells(kernels_->grid, cells.data(), words_, query_offset(kernels_->grid), q % width, width,
                 out.words.data() + q / width * tile_words());
    }
  }
  return out;
}

}  // namespace ad::nearest
