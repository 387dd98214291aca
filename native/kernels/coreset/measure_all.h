#pragma once

#include "kernels/coreset/kernels.h"
#include "kernels/coreset/measure.h"

namespace ad::coreset {

/// Measures every distance that is asked for.
class MeasureAll final : public Measure {
 public:
  MeasureAll(MatrixView<const float> points, std::size_t count);

  void add(std::uint32_t row) override;
  void catch_up(const std::uint32_t* rows, std::size_t size, float threshold, float* bound,
                std::uint32_t* met) const override;
  void activate(const std::vector<std::uint32_t>& rows, const std::vector<float>& bounds) override;
  void meet(std::uint32_t centre, std::vector<float>& bounds) override;

 private:
  const MatrixView<const float> points_;
  const CoresetKernels& kernels_;
  std::vector<float> centres_;
  std::size_t count_ = 0;
  std::vector<std::uint32_t> active_;
};

}  // namespace ad::coreset
