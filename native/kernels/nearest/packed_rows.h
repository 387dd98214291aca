#pragma once

#include <cstddef>
#include <vector>

#include "ad/run.h"
#include "ad/status.h"
#include "kernels/nearest/kernels.h"

namespace ad::nearest {

/// A strided matrix that someone else owns: element (i, j) is data[i * row_step + j * col_step].
struct Strided {
  const float* data;
  std::size_t rows;
  std::size_t cols;
  std::size_t row_step;
  std::size_t col_step;
};

/// A matrix b packed for products a b', in fp32 with the dense scan's tile.
class PackedRows {
 public:
  PackedRows(const NearestKernels& kernels, const Strided& b);

  /// out[i * rows() + j] = sum over c of tile[c * tile_rows() + i] * b[j][c], for all tile_rows() rows of a
  /// packed tile.
  void multiply(const float* tile, float* out) const;

  std::size_t rows() const { return rows_; }
  std::size_t tile_rows() const { return kernels_->dense.queries; }

  /// Bound on |computed - true| of a product over `cols` columns, relative to the product of the two rows'
  /// norms.
  static double error(std::size_t cols);

 private:
  // Sums start afresh after so many columns: shorter sums have smaller errors.
  static constexpr std::size_t kBlockCols = 256;

  const NearestKernels* kernels_;
  std::size_t rows_;
  std::size_t cols_;
  std::vector<float> panels_;
  std::vector<float> zeros_;
};

/// out[i * b.rows() + j] = dot(a row i, b row j), on `run.threads` threads.
Status multiply(const NearestKernels& kernels, const Strided& a, const PackedRows& b, float* out,
                const Run& run);

}  // namespace ad::nearest
