#include "kernels/projection/projection.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "cpu/parallel.h"
#include "kernels/projection/kernels.h"

namespace ad {
namespace {

/// SplitMix64's output function: every place of the matrix has a number of its own, whoever asks and in which
/// order.
double uniform_at(std::uint64_t seed, std::uint64_t place) {
  std::uint64_t z = seed + (place + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/// The columns that one component adds and those that it takes away.
struct Component {
  std::vector<std::uint32_t> plus, minus;
};

std::vector<Component> draw(std::size_t components, std::size_t cols, double density, std::uint64_t seed) {
  std::vector<Component> matrix(components);
  for (std::size_t j = 0; j < components; ++j) {
    for (std::size_t i = 0; i < cols; ++i) {
      const double u = uniform_at(seed, j * cols + i);
      if (u < density / 2) {
        matrix[j].plus.push_back(static_cast<std::uint32_t>(i));
      } else if (u < density) {
        matrix[j].minus.push_back(static_cast<std::uint32_t>(i));
      }
    }
  }
  return matrix;
}

/// A block of rows, turned so that the lanes of a register are rows.
struct Scratch {
  std::vector<float> columns, projected;
};

void project_block(MatrixView<const float> points, std::size_t first, const std::vector<Component>& matrix,
                   float scale, MatrixView<float> out, Scratch& scratch, const ProjectionKernels& kernels) {
  const std::size_t count = std::min(kProjectedRows, points.rows - first);
  scratch.columns.assign(points.cols * kProjectedRows, 0.0f);
  scratch.projected.resize(matrix.size() * kProjectedRows);
  for (std::size_t r = 0; r < count; ++r) {
    const float* const row = points.row(first + r);
    for (std::size_t i = 0; i < points.cols; ++i) scratch.columns[i * kProjectedRows + r] = row[i];
  }
  for (std::size_t j = 0; j < matrix.size(); ++j) {
    const Component& c = matrix[j];
    kernels.signed_sum(scratch.columns.data(), c.plus.data(), c.plus.size(), c.minus.data(), c.minus.size(),
                       scale, scratch.projected.data() + j * kProjectedRows);
  }
  for (std::size_t r = 0; r < count; ++r) {
    float* const row = out.row(first + r);
    for (std::size_t j = 0; j < matrix.size(); ++j) row[j] = scratch.projected[j * kProjectedRows + r];
  }
}

}  // namespace

Status sparse_projection(MatrixView<const float> points, double density, std::uint64_t seed,
                         MatrixView<float> out, const Run& run) {
  return guarded([&]() -> Status {
    const ProjectionKernels& kernels = kProjection.pick();
    const std::vector<Component> matrix = draw(out.cols, points.cols, density, seed);
    const auto scale = static_cast<float>(std::sqrt(1 / density / static_cast<double>(out.cols)));
    const std::size_t blocks = (points.rows + kProjectedRows - 1) / kProjectedRows;
    std::vector<Scratch> scratch(static_cast<std::size_t>(worker_count(run, blocks)));
    return parallel_for(run, blocks, [&](std::size_t block, int worker) {
      project_block(points, block * kProjectedRows, matrix, scale, out,
                    scratch[static_cast<std::size_t>(worker)], kernels);
    });
  });
}

}  // namespace ad
