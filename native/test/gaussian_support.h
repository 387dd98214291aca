#pragma once

#include <cstddef>
#include <vector>

#include "ad/matrix_view.h"
#include "kernels/moments/triangle.h"
#include "support.h"

namespace ad::test {

/// Moments of every position as the kernels hold them.
struct Moments {
  std::size_t positions, cols;
  std::vector<double> mean;
  std::vector<float> scatter;

  Moments(std::size_t positions, std::size_t cols) : Moments(positions, cols, cols) {}
  Moments(std::size_t positions, std::size_t cols, std::size_t rank)
      : positions(positions),
        cols(cols),
        mean(positions * cols, -7.0),
        scatter(positions * triangle_size(cols, rank), -7.0f) {}

  MatrixView<double> means() { return {mean.data(), positions, cols}; }
  MatrixView<float> scatters() { return {scatter.data(), positions, scatter.size() / positions}; }
};

/// Mean and scatter of one position in double precision, two passes.
struct Exact {
  std::vector<double> mean, scatter;

  Exact(const std::vector<float>& rows, std::size_t positions, std::size_t position, std::size_t cols)
      : mean(cols), scatter(triangle_size(cols)) {
    const std::size_t images = rows.size() / cols / positions;
    const auto row = [&](std::size_t i) { return rows.data() + (i * positions + position) * cols; };
    for (std::size_t i = 0; i < images; ++i) {
      for (std::size_t c = 0; c < cols; ++c) mean[c] += row(i)[c] / static_cast<double>(images);
    }
    for (std::size_t i = 0; i < images; ++i) {
      double* to = scatter.data();
      for (std::size_t a = 0; a < cols; ++a) {
        for (std::size_t b = a; b < cols; ++b) *to++ += (row(i)[a] - mean[a]) * (row(i)[b] - mean[b]);
      }
    }
  }
};

/// Rows whose columns depend on each other, as features do: [rows, cols] around `offset`.
inline std::vector<float> correlated(Random& random, std::size_t rows, std::size_t cols, double offset = 0) {
  std::vector<float> out = random.floats(rows * cols);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 1; c < cols; ++c) out[r * cols + c] += 0.5f * out[r * cols + c - 1];
  }
  for (float& x : out) x += static_cast<float>(offset);
  return out;
}

}  // namespace ad::test
