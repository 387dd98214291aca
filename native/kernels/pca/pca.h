#pragma once

#include <cstddef>
#include <vector>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"

namespace ad {

/// The largest side of a matrix whose eigenvectors are computed: up to here of min(rows, cols), beyond it of
/// a sample.
constexpr std::size_t kLargestPca = 4096;

/// Directions of a sample beyond the components that are wanted of it.
constexpr std::size_t kOversampling = 16;

/// How many components to keep: `count` of them, or, where count is 0, the fewest whose share of the variance
/// is at least `share`.
struct PcaKeep {
  std::size_t count;
  double share;
};

/// Principal components of rows: [components, cols] orthonormal, largest variance first, the element of
/// largest magnitude of each positive; singular values of the centred rows, and the sum of the squares of all
/// of them, kept or not.
struct Pca {
  std::vector<float> mean, components;
  std::vector<double> singular_values;
  double total_variance = 0;
};

/// Principal component analysis in double precision, through the smaller of rows' Gram matrix and columns'
/// scatter matrix. Singular values up to a millionth of the largest count as zero. Where min(rows, cols) is
/// above kLargestPca, from a sample of the rows' range (randomised.h). Refuses rows that are all equal, more
/// components than there are or than kLargestPca - kOversampling of a sample; not_finite names the row.
Status pca(MatrixView<const float> rows, const PcaKeep& keep, Pca& out, const Run& run);

/// Coordinates (x - mean) . components [rows, count] and what they leave of each row, x - mean - their sum
/// [rows, cols], computed in double precision. A row's bits do not depend on the other rows.
Status pca_project(MatrixView<const float> rows, const float* mean, MatrixView<const float> components,
                   MatrixView<float> coordinates, MatrixView<float> residual, const Run& run);

}  // namespace ad
