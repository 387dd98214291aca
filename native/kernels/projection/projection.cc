#include "kernels/projection/projection.h"

#include <algorithm>
#include <vector>

#include "cpu/parallel.h"
#include "kernels/projection/kernels.h"
#include "kernels/projection/matrix.h"

namespace ad {
namespace {

/// A block of rows, turned so that the lanes of a register are rows.
struct Scratch {
  std::vector<float> columns, projected;
};

void project_block(MatrixView<const float> points, std::size_t first, const SignedColumns& matrix,
                   float scale, MatrixView<float> out, Scratch& scratch, const ProjectionKernels& kernels) {
  const std::size_t count = std::min(kProjectedRows, points.rows - first);
  scratch.columns.assign(points.cols * kProjectedRows, 0.0f);
  scratch.projected.resize(matrix.components() * kProjectedRows);
  for (std::size_t r = 0; r < count; ++r) {
    const float* const row = points.row(first + r);
    for (std::size_t i = 0; i < points.cols; ++i) scratch.columns[i * kProjectedRows + r] = row[i];
  }
  for (std::size_t j = 0; j < matrix.components(); ++j) {
    kernels.signed_sum(scratch.columns.data(), matrix.plus(j), matrix.plus_count(j), matrix.minus(j),
                       matrix.minus_count(j), scale, scratch.projected.data() + j * kProjectedRows);
  }
  for (std::size_t r = 0; r < count; ++r) {
    float* const row = out.row(first + r);
    for (std::size_t j = 0; j < matrix.components(); ++j) row[j] = scratch.projected[j * kProjectedRows + r];
  }
}

}  // namespace

Status sparse_projection(MatrixView<const float> points, double density, std::uint64_t seed,
                         MatrixView<float> out, const Run& run) {
  return guarded([&]() -> Status {
    const ProjectionKernels& kernels = kProjection.pick();
    const SignedColumns matrix = draw_signed_columns(out.cols, points.cols, density, seed);
    const float scale = projection_scale(out.cols, density);
    const std::size_t blocks = (points.rows + kProjectedRows - 1) / kProjectedRows;
    std::vector<Scratch> scratch(static_cast<std::size_t>(worker_count(run, blocks)));
    return parallel_for(run, blocks, [&](std::size_t block, int worker) {
      project_block(points, block * kProjectedRows, matrix, scale, out,
                    scratch[static_cast<std::size_t>(worker)], kernels);
    });
  });
}

}  // namespace ad
