#include "kernels/coreset/coreset.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "cpu/parallel.h"
#include "kernels/coreset/kernels.h"

namespace ad {
namespace {

// How many rows a round looks at: small enough that they stay in the second-level cache while hundreds of
// centres pass by, large enough that a round yields many centres.
constexpr std::size_t kActiveRows = 1024;
// Centres that rows meet before they are asked again whether they are still candidates.
constexpr std::size_t kCentreBlock = 64;
// Rows that share one pass over a block of centres.
constexpr std::size_t kRowBlock = 64;
// A row that is chosen, below every distance.
constexpr float kChosen = -1;

struct Candidate {
  std::size_t position;
  float distance;
};

/// Threshold-lazy greedy selection. `bound_[i]` is the distance of row i to the first `met_[i]` centres, so
/// never less than its distance to all of them: a row whose bound is below the farthest candidate need not
/// meet the rest yet.
class Selection {
 public:
  Selection(MatrixView<const float> points, std::size_t count, const Run& run)
      : points_(points), count_(count), run_(run), kernels_(kCoreset.pick()) {
    bound_.assign(points.rows, std::numeric_limits<float>::infinity());
    met_.assign(points.rows, 0);
    sorted_.resize(points.rows);
    centres_.reserve(count * points.cols);
    chosen_.reserve(count);
  }

  Status choose_all(std::size_t start, Coreset& out) {
    add(static_cast<std::uint32_t>(start));
    float radius = 0;
    while (true) {
      const Status status = gather_active();
      if (!status.ok()) return status;
      // Rows outside the active set are nearer than the threshold, so the farthest of all is inside, as are
      // its ties.
      Candidate farthest = farthest_active();
      while (chosen_.size() < count_ && farthest.distance >= threshold_ && farthest.distance >= 0) {
        if (run_.cancelled()) return Status::cancelled();
        choose_active(farthest.position);
        farthest = farthest_active();
      }
      put_back_active();
      run_.report(static_cast<double>(chosen_.size()) / static_cast<double>(count_));
      if (chosen_.size() == count_ && (farthest.distance >= threshold_ || chosen_.size() == points_.rows)) {
        radius = std::max(0.0f, farthest.distance);
        break;
      }
    }
    out.rows = std::move(chosen_);
    out.radius = std::sqrt(radius);
    return {};
  }

 private:
  void add(std::uint32_t row) {
    chosen_.push_back(row);
    centres_.insert(centres_.end(), points_.row(row), points_.row(row) + points_.cols);
    bound_[row] = kChosen;
  }

  /// Brings every row that may be the farthest up to date, and makes those that still may be the active ones.
  Status gather_active() {
    threshold_ = high_bound();
    active_.clear();
    for (std::uint32_t i = 0; i < points_.rows; ++i) {
      if (bound_[i] >= threshold_) active_.push_back(i);
    }
    const Status status = bring_up_to_date();
    if (!status.ok()) return status;
    active_.erase(std::remove_if(active_.begin(), active_.end(),
                                 [&](std::uint32_t i) { return bound_[i] < threshold_; }),
                  active_.end());
    active_bound_.resize(active_.size());
    for (std::size_t i = 0; i < active_.size(); ++i) active_bound_[i] = bound_[active_[i]];
    return {};
  }

  /// About the kActiveRows-th largest bound.
  float high_bound() {
    std::copy(bound_.begin(), bound_.end(), sorted_.begin());
    const std::size_t place = std::min(kActiveRows, sorted_.size()) - 1;
    std::nth_element(sorted_.begin(), sorted_.begin() + static_cast<std::ptrdiff_t>(place), sorted_.end(),
                     [](float a, float b) { return a > b; });
    // Chosen rows are never active, even when nothing else is left.
    return std::max(0.0f, sorted_[place]);
  }

  Status bring_up_to_date() {
    std::vector<std::uint32_t> behind;
    for (std::uint32_t i : active_) {
      if (met_[i] < chosen_.size()) behind.push_back(i);
    }
    // Rows that wait for the same centres stand together, so that a block of centres serves them all from
    // cache.
    std::stable_sort(behind.begin(), behind.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return met_[a] < met_[b]; });
    const std::size_t blocks = (behind.size() + kRowBlock - 1) / kRowBlock;
    return parallel_for(run_.stage(1, 1), blocks, [&](std::size_t block, int) {
      const auto first = behind.begin() + static_cast<std::ptrdiff_t>(block * kRowBlock);
      const std::size_t size = std::min(kRowBlock, behind.size() - block * kRowBlock);
      meet_missed_centres(&*first, size);
    });
  }

  /// Lets some rows meet the centres that they missed, until they have met all or are no candidates any more.
  void meet_missed_centres(const std::uint32_t* rows, std::size_t size) {
    std::size_t from = met_[rows[0]] / kCentreBlock * kCentreBlock;
    for (; from < chosen_.size(); from += kCentreBlock) {
      const std::size_t end = std::min(from + kCentreBlock, chosen_.size());
      bool candidates = false;
      for (std::size_t i = 0; i < size; ++i) {
        const std::uint32_t row = rows[i];
        if (bound_[row] < threshold_) continue;
        candidates = true;
        const std::size_t first = std::max<std::size_t>(met_[row], from);
        if (first >= end) continue;
        bound_[row] = kernels_.nearest_of(points_.row(row), centres_.data() + first * points_.cols,
                                          end - first, points_.cols, bound_[row]);
        met_[row] = static_cast<std::uint32_t>(end);
      }
      if (!candidates) return;
    }
  }

  Candidate farthest_active() const {
    Candidate best{0, -std::numeric_limits<float>::infinity()};
    for (std::size_t i = 0; i < active_bound_.size(); ++i) {
      if (active_bound_[i] > best.distance) best = {i, active_bound_[i]};
    }
    return best;
  }

  void choose_active(std::size_t position) {
    const std::uint32_t row = active_[position];
    const bool all_are_centres = active_bound_[position] == 0;
    add(row);
    active_bound_[position] = kChosen;
    // Where the farthest is at distance 0, every bound is 0 and stays so.
    if (all_are_centres) return;
    kernels_.meet_all(points_.data, active_.data(), active_.size(), points_.cols, points_.row(row),
                      active_bound_.data());
  }

  void put_back_active() {
    for (std::size_t i = 0; i < active_.size(); ++i) {
      bound_[active_[i]] = active_bound_[i];
      met_[active_[i]] = static_cast<std::uint32_t>(chosen_.size());
    }
  }

  const MatrixView<const float> points_;
  const std::size_t count_;
  const Run& run_;
  const CoresetKernels& kernels_;

  std::vector<float> bound_;
  std::vector<std::uint32_t> met_;
  std::vector<float> sorted_;
  std::vector<float> centres_;
  std::vector<std::uint32_t> chosen_;

  float threshold_ = 0;
  std::vector<std::uint32_t> active_;
  std::vector<float> active_bound_;
};

Status check_finite(MatrixView<const float> points, const Run& run) {
  std::atomic<std::size_t> first_bad{points.rows};
  const Status status = parallel_for(run.stage(0, 0), points.rows, [&](std::size_t row, int) {
    const float* values = points.row(row);
    if (std::all_of(values, values + points.cols, [](float x) { return std::isfinite(x); })) return;
    std::size_t seen = first_bad.load();
    while (row < seen && !first_bad.compare_exchange_weak(seen, row)) {
    }
  });
  if (!status.ok() || first_bad.load() == points.rows) return status;
  return Status::not_finite("row " + std::to_string(first_bad.load()) + " holds a value that is not finite");
}

}  // namespace

Status greedy_coreset(MatrixView<const float> points, std::size_t count, std::size_t start, Coreset& out,
                      const Run& run) {
  return guarded([&]() -> Status {
    const Status finite = check_finite(points, run);
    if (!finite.ok()) return finite;
    return Selection(points, count, run).choose_all(start, out);
  });
}

std::size_t coreset_scratch_bytes(std::size_t rows, std::size_t cols, std::size_t count) {
  const std::size_t per_row = sizeof(float) * 2 + sizeof(std::uint32_t) * 3;
  return rows * per_row + count * (cols * sizeof(float) + sizeof(std::uint32_t));
}

}  // namespace ad
