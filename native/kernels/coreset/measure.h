#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "ad/matrix_view.h"
#include "kernels/coreset/head.h"

namespace ad::coreset {

/// How rows meet centres: canonical distances, of all or of those that a head does not rule out.
class Measure {
 public:
  /// With a head where there is one.
  static std::unique_ptr<Measure> create(MatrixView<const float> points, std::size_t count,
                                         std::unique_ptr<const Head> head);
  virtual ~Measure() = default;

  /// Adds a centre.
  virtual void add(std::uint32_t row) = 0;

  /// Lets some rows meet the centres from met[row] on, lowering bound[row], until they have met all or none
  /// of them has a bound of at least `threshold`. Safe to call for different rows at once.
  virtual void catch_up(const std::uint32_t* rows, std::size_t size, float threshold, float* bound,
                        std::uint32_t* met) const = 0;

  /// Gets some rows ready to meet one centre after another; `bounds[i]` is rows[i]'s.
  virtual void activate(const std::vector<std::uint32_t>& rows, const std::vector<float>& bounds) = 0;

  /// Lets the active rows whose bounds are not negative meet a centre.
  virtual void meet(std::uint32_t centre, std::vector<float>& bounds) = 0;
};

}  // namespace ad::coreset
