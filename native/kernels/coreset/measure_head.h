#pragma once

#include "kernels/coreset/measure.h"
#include "kernels/nearest/kernels.h"

namespace ad::coreset {

/// Scores tiles of points and centres by their heads, and measures what the scores do not rule out.
class MeasureHead final : public Measure {
 public:
  MeasureHead(MatrixView<const float> points, std::size_t count, std::unique_ptr<const Head> head);

  void add(std::uint32_t row) override;
  void catch_up(const std::uint32_t* rows, std::size_t size, float threshold, float* bound,
                std::uint32_t* met) const override;
  void activate(const std::vector<std::uint32_t>& rows, const std::vector<float>& bounds) override;
  void meet(std::uint32_t centre, std::vector<float>& bounds) override;

 private:
  /// Heads side by side, [coordinate][lane], as a tile wants them.
  struct Panels {
    std::size_t lanes;
    std::vector<float> values;
    /// What is subtracted from each dot product.
    std::vector<float> shifts;
  };

  float* panel_of(Panels& panels, std::size_t at) const;
  void place(Panels& panels, std::size_t at, std::uint32_t row) const;
  float measured(std::uint32_t row, std::uint32_t centre) const;

  const MatrixView<const float> points_;
  const NearestKernels& kernels_;
  const std::unique_ptr<const Head> head_;
  std::vector<std::uint32_t> centres_;
  Panels centre_panels_;
  std::vector<std::uint32_t> active_;
  Panels active_panels_;
  /// The one centre that active rows meet, as a tile of queries.
  std::vector<float> lone_centre_;
};

}  // namespace ad::coreset
