#include "kernels/coreset/measure.h"

#include "kernels/coreset/measure_all.h"
#include "kernels/coreset/measure_head.h"

namespace ad::coreset {

std::unique_ptr<Measure> Measure::create(MatrixView<const float> points, std::size_t count,
                                         std::unique_ptr<const Head> head) {
  if (head) return std::make_unique<MeasureHead>(points, count, std::move(head));
  return std::make_unique<MeasureAll>(points, count);
}

}  // namespace ad::coreset
