#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"
#include "kernels/pca/kernels.h"

namespace ad {

/// Some lines (rows or columns of a matrix, centred or not) to multiply with others, in double precision.
struct Lines {
  std::size_t count;
  /// Writes places [from, from + depth) of lines [first, first + lanes) as panel[place][lane]; lanes <= 8.
  std::function<void(std::size_t first, std::size_t lanes, std::size_t from, std::size_t depth,
                     double* panel)>
      pack;
};

/// The rows of a matrix; `means`, if any, are taken off each row.
template <class T>
Lines rows_of(MatrixView<const T> matrix, const double* means) {
  return {matrix.rows,
          [=](std::size_t first, std::size_t lanes, std::size_t from, std::size_t depth, double* panel) {
            for (std::size_t l = 0; l < lanes; ++l) {
              const T* const row = matrix.row(first + l) + from;
              for (std::size_t k = 0; k < depth; ++k) {
                panel[k * kPcaLanes + l] = static_cast<double>(row[k]) - (means ? means[from + k] : 0);
              }
            }
          }};
}

/// The columns of a matrix from `begin` to `end`; each column's mean, if any, is taken off it.
template <class T>
Lines columns_of(MatrixView<const T> matrix, std::size_t begin, std::size_t end, const double* means) {
  return {end - begin,
          [=](std::size_t first, std::size_t lanes, std::size_t from, std::size_t depth, double* panel) {
            double shift[kPcaLanes] = {};
            if (means) std::copy_n(means + begin + first, lanes, shift);
            for (std::size_t k = 0; k < depth; ++k) {
              const T* const row = matrix.row(from + k) + begin + first;
              for (std::size_t l = 0; l < lanes; ++l) {
                panel[k * kPcaLanes + l] = static_cast<double>(row[l]) - shift[l];
              }
            }
          }};
}

/// Rounded up to whole lanes.
constexpr std::size_t padded(std::size_t n) {
  return (n + kPcaLanes - 1) / kPcaLanes * kPcaLanes;
}

/// out[i * stride + j] = line i of a . line j of b over `depth` places. `out` has padded(a.count) rows of
/// stride >= padded(b.count); what pads them becomes zero. The order of additions depends on the place alone,
/// so that neither threads nor the other lines change a bit.
Status products(const PcaKernels& kernels, const Lines& a, const Lines& b, std::size_t depth, double* out,
                std::size_t stride, const Run& run);

/// The products of lines with one another: the same, at half the work; both triangles are filled.
Status products_among(const PcaKernels& kernels, const Lines& a, std::size_t depth, double* out,
                      std::size_t stride, const Run& run);

}  // namespace ad
