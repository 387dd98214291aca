#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"
#include "kernels/coreset/coreset.h"
#include "kernels/coreset/head.h"
#include "kernels/coreset/measure.h"

namespace ad::coreset {

/// Threshold-lazy greedy selection. `bound_[i]` is the distance of row i to the first `met_[i]` centres, so
/// never less than its distance to all of them: a row whose bound is below the farthest candidate need not
/// meet the rest yet.
class Selection {
 public:
  Selection(MatrixView<const float> points, std::size_t count, std::unique_ptr<const Head> head,
            const Run& run);

  Status choose_all(std::size_t start, Coreset& out);

 private:
  /// Of the rows asked for, those chosen.
  double share() const;
  void add(std::uint32_t row);

  /// Brings every row that may be the farthest up to date, and makes those that still may be the active ones.
  Status gather_active();
  /// About the kActiveRows-th largest bound.
  float high_bound();
  Status bring_up_to_date();

  struct Candidate {
    std::size_t position;
    float distance;
  };
  Candidate farthest_active() const;
  void choose_active(std::size_t position);
  void put_back_active();

  const MatrixView<const float> points_;
  const std::size_t count_;
  const Run& run_;
  const std::unique_ptr<Measure> measure_;

  std::vector<float> bound_;
  std::vector<std::uint32_t> met_;
  std::vector<float> sorted_;
  std::vector<std::uint32_t> chosen_;

  float threshold_ = 0;
  std::vector<std::uint32_t> active_;
  std::vector<float> active_bound_;
};

}  // namespace ad::coreset
