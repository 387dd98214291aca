#include "kernels/coreset/selection.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "cpu/parallel.h"

namespace ad::coreset {
namespace {

// How many rows a round looks at: few enough that they stay in cache while centres pass by, enough that a
// round yields many centres.
constexpr std::size_t kActiveRows = 8192;
// Rows that share one pass over the centres that they missed.
constexpr std::size_t kRowBlock = 48;
// A row that is chosen, below every distance.
constexpr float kChosen = -1;

}  // namespace

Selection::Selection(MatrixView<const float> points, std::size_t count, std::unique_ptr<const Head> head,
                     const Run& run)
    : points_(points), count_(count), run_(run), measure_(Measure::create(points, count, std::move(head))) {
  bound_.assign(points.rows, std::numeric_limits<float>::infinity());
  met_.assign(points.rows, 0);
  sorted_.resize(points.rows);
  chosen_.reserve(count);
}

Status Selection::choose_all(std::size_t start, Coreset& out) {
  add(static_cast<std::uint32_t>(start));
  while (true) {
    const Status status = gather_active();
    if (!status.ok()) return status;
    // Rows outside the active set are nearer than the threshold, so the farthest of all is inside, as are its
    // ties.
    Candidate farthest = farthest_active();
    while (chosen_.size() < count_ && farthest.distance >= threshold_) {
      if (run_.cancelled()) return Status::cancelled();
      choose_active(farthest.position);
      farthest = farthest_active();
    }
    put_back_active();
    run_.report(share());
    if (chosen_.size() < count_) continue;
    if (farthest.distance >= threshold_ || chosen_.size() == points_.rows) {
      out.radius = std::sqrt(std::max(0.0f, farthest.distance));
      out.rows = std::move(chosen_);
      return {};
    }
  }
}

double Selection::share() const {
  return static_cast<double>(chosen_.size()) / static_cast<double>(count_);
}

void Selection::add(std::uint32_t row) {
  chosen_.push_back(row);
  measure_->add(row);
  bound_[row] = kChosen;
}

Status Selection::gather_active() {
  threshold_ = high_bound();
  active_.clear();
  for (std::uint32_t i = 0; i < points_.rows; ++i) {
    if (bound_[i] >= threshold_) active_.push_back(i);
  }
  const Status status = bring_up_to_date();
  if (!status.ok()) return status;
  active_.erase(
      std::remove_if(active_.begin(), active_.end(), [&](std::uint32_t i) { return bound_[i] < threshold_; }),
      active_.end());
  active_bound_.resize(active_.size());
  for (std::size_t i = 0; i < active_.size(); ++i) active_bound_[i] = bound_[active_[i]];
  measure_->activate(active_, active_bound_);
  return {};
}

float Selection::high_bound() {
  std::copy(bound_.begin(), bound_.end(), sorted_.begin());
  const auto place = sorted_.begin() + static_cast<std::ptrdiff_t>(std::min(kActiveRows, sorted_.size()) - 1);
  std::nth_element(sorted_.begin(), place, sorted_.end(), [](float a, float b) { return a > b; });
  // Chosen rows are never active, even when nothing else is left.
  return std::max(0.0f, *place);
}

Status Selection::bring_up_to_date() {
  std::vector<std::uint32_t> behind;
  for (std::uint32_t i : active_) {
    if (met_[i] < chosen_.size()) behind.push_back(i);
  }
  // Rows that wait for the same centres stand together, so that a block of centres serves them all from
  // cache.
  std::stable_sort(behind.begin(), behind.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return met_[a] < met_[b]; });
  const std::size_t blocks = (behind.size() + kRowBlock - 1) / kRowBlock;
  return parallel_for(run_.stage(share(), share()), blocks, [&](std::size_t block, int) {
    const std::size_t first = block * kRowBlock;
    measure_->catch_up(behind.data() + first, std::min(kRowBlock, behind.size() - first), threshold_,
                       bound_.data(), met_.data());
  });
}

Selection::Candidate Selection::farthest_active() const {
  Candidate best{0, -std::numeric_limits<float>::infinity()};
  for (std::size_t i = 0; i < active_bound_.size(); ++i) {
    if (active_bound_[i] > best.distance) best = {i, active_bound_[i]};
  }
  return best;
}

void Selection::choose_active(std::size_t position) {
  const std::uint32_t row = active_[position];
  // Where the farthest is at distance 0, every bound is 0 and stays so.
  const bool all_are_centres = active_bound_[position] == 0;
  add(row);
  active_bound_[position] = kChosen;
  if (!all_are_centres) measure_->meet(row, active_bound_);
}

void Selection::put_back_active() {
  for (std::size_t i = 0; i < active_.size(); ++i) {
    bound_[active_[i]] = active_bound_[i];
    met_[active_[i]] = static_cast<std::uint32_t>(chosen_.size());
  }
}

}  // namespace ad::coreset
