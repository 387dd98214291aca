#include "kernels/nearest/head_map.h"

#include <algorithm>
#include <cmath>

#include "kernels/nearest/principal_axes.h"
#include "kernels/nearest/rounding.h"

namespace ad::nearest {

HeadMap::HeadMap(const NearestKernels& kernels, const std::vector<float>& axes, std::size_t count,
                 double shortest_tail)
    : cols_(axes.size() / count),
      axes_(kernels, {axes.data(), count, cols_, cols_, 1}),
      shortest_tail_(shortest_tail) {
  // Of the products with the axes: their rounding, the axes' distance from orthonormal ones, the centring.
  const double defect = orthonormality_defect(kernels, axes.data(), count, cols_);
  relative_error_ = PackedRows::error(cols_) * std::sqrt(static_cast<double>(count)) * (1 + defect) + defect +
                    1.01 * kUnitRoundoff;
}

void HeadMap::map(const float* const* centred, const double* norms, std::size_t rows, float* coordinates,
                  double* errors) const {
  const std::size_t width = tile_rows(), count = axes_.rows();
  std::vector<float> tile(width * cols_), products(width * count);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t c = 0; c < cols_; ++c) tile[c * width + i] = centred[i][c];
  }
  axes_.multiply(tile.data(), products.data());
  for (std::size_t i = 0; i < rows; ++i) {
    const float* product = products.data() + i * count;
    float* out = coordinates + i * (count + 1);
    double squared = 0;
    for (std::size_t j = 0; j < count; ++j)
      squared += static_cast<double>(product[j]) * static_cast<double>(product[j]);
    std::copy_n(product, count, out);

    // |tail|^2 = |row|^2 - |products|^2: its error is that of the squares, at most 2 r + r^2 and the
    // centring's 2 u.
    const double norm = norms[i], r = relative_error_;
    const double squared_error = (2 * r + r * r + 3 * kUnitRoundoff) * norm * norm;
    const double tail = std::max(shortest_tail_, std::sqrt(std::max(0.0, norm * norm - squared)));
    const double tail_error = squared_error / (tail + shortest_tail_) + kUnitRoundoff * tail;
    out[count] = static_cast<float>(tail);
    errors[i] = std::hypot(r * norm, tail_error) * (1 + 1e-9);
  }
}

}  // namespace ad::nearest
