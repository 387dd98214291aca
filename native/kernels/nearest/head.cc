#include "kernels/nearest/head.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "cpu/parallel.h"
#include "kernels/nearest/head_plan.h"
#include "kernels/nearest/principal_axes.h"
#include "kernels/nearest/rounding.h"

namespace ad::nearest {
HeadBound::HeadBound(std::int64_t squared_norm, double cells_per_unit, double error, std::size_t cols)
    : squared_norm_(static_cast<double>(squared_norm)),
      cells_per_unit_(cells_per_unit),
      error_(error),
      cols_(static_cast<double>(cols)) {}

std::int32_t HeadBound::threshold(float limit) const {
  constexpr double kLowest = std::numeric_limits<std::int32_t>::lowest() + 1.0;
  constexpr double kHighest = std::numeric_limits<std::int32_t>::max();
  if (std::isinf(limit)) return std::numeric_limits<std::int32_t>::lowest();
  const double reach = largest_distance(limit, cols_) * cells_per_unit_ * (1 + 1e-12) + error_;
  return static_cast<std::int32_t>(
      std::clamp(std::floor((squared_norm_ - reach * reach) / 2) - 1, kLowest, kHighest));
}

Head::Head(const NearestKernels& kernels, HeadMap map, std::size_t cols)
    : kernels_(&kernels),
      map_(std::move(map)),
      cols_(cols),
      words_((map_.coordinates() + cells_per_word(kernels.grid) - 1) / cells_per_word(kernels.grid)),
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
  if (status.ok() && !head->panels_.empty()) out = std::move(head);
  return status;
}

Status Head::fill(const CentredBank& bank, const Run& run) {
  const std::size_t rows = bank.rows.rows;
  const std::size_t count = map_.coordinates();
  std::vector<float> coordinates;
  std::vector<double> errors;
  const Status status =
      map_bank(*kernels_, map_, bank, bank.order.data(), coordinates, errors, run.stage(0, 0.9));
  if (!status.ok()) return status;
  // Equal rows leave nothing to tell apart.
  if (!scale_.fit(coordinates, count)) return {};

  const std::size_t height = kernels_->head.rows, panels = (rows + height - 1) / height;
  panels_.assign(panels * words_ * height, 0);
  half_norms_.assign(panels * height, 0);
  std::vector<std::int32_t> cells(words_ * cells_per_word(kernels_->grid));
  for (std::size_t i = 0; i < rows; ++i) {
    const Cells row = scale_.quantise(coordinates.data() + i * count, count, errors[i], cells.data());
    max_error_ = std::max(max_error_, row.error);
    std::int64_t sum = 0;
    for (std::int32_t cell : cells) sum += cell;
    // The offset in the query's cells would add offset * sum to each dot product.
    half_norms_[i] = static_cast<std::int32_t>(row.squared_norm / 2 + query_offset(kernels_->grid) * sum);
    pack(cells.data(), i % height, height, 0, panels_.data() + i / height * words_ * height);
  }
  return {};
}

void Head::pack(const std::int32_t* cells, std::size_t lane, std::size_t lanes, std::int32_t offset,
                std::int32_t* words) const {
  const std::size_t per_word = cells_per_word(kernels_->grid);
  const unsigned bits = 32 / static_cast<unsigned>(per_word);
  const std::uint32_t mask = (1u << bits) - 1;
  for (std::size_t w = 0; w < words_; ++w) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < per_word; ++i) {
      word |= (static_cast<std::uint32_t>(cells[w * per_word + i] + offset) & mask) << (i * bits);
    }
    words[w * lanes + lane] = static_cast<std::int32_t>(word);
  }
}

Head::Queries Head::prepare(const std::vector<const float*>& centred,
                            const std::vector<double>& norms) const {
  const std::size_t width = kernels_->head.queries, count = map_.coordinates(), step = map_.tile_rows();
  Queries out;
  out.words.assign((centred.size() + width - 1) / width * width * words_, 0);
  std::vector<float> coordinates(step * count);
  std::vector<double> errors(step);
  std::vector<std::int32_t> cells(words_ * cells_per_word(kernels_->grid));
  for (std::size_t first = 0; first < centred.size(); first += step) {
    const std::size_t n = std::min(step, centred.size() - first);
    map_.map(centred.data() + first, norms.data() + first, n, coordinates.data(), errors.data());
    for (std::size_t i = 0; i < n; ++i) {
      const Cells query = scale_.quantise(coordinates.data() + i * count, count, errors[i], cells.data());
      out.bounds.emplace_back(query.squared_norm, scale_.cells_per_unit, query.error + max_error_, cols_);
      const std::size_t q = first + i;
      pack(cells.data(), q % width, width, query_offset(kernels_->grid),
           out.words.data() + q / width * width * words_);
    }
  }
  return out;
}

std::size_t HeadScanner::rows_in(std::size_t panel) const {
  return std::min(panel_rows(), bank_.rows.rows - panel * panel_rows());
}

unsigned HeadScanner::score(std::size_t tile, const std::int32_t* thresholds, std::int32_t* scores,
                            std::uint64_t* lanes) const {
  const std::size_t words = head_.words_;
  return head_.kernels_->head_tile(
      head_.panels_.data() + loaded_ * panel_rows() * words, words_.data() + tile * tile_queries() * words,
      words, head_.half_norms_.data() + loaded_ * panel_rows(), thresholds, scores, lanes);
}

}  // namespace ad::nearest
