#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/nearest/centred_bank.h"
#include "kernels/nearest/kernels.h"
#include "kernels/nearest/scan.h"

namespace ad::nearest {

/// The certificate of dense scores, dot(q', m') - |m'|^2 / 2 in fp32 with q' = q - mean, m' = m - mean
/// (README.md).
class DenseBound {
 public:
  using Score = float;

  /// `query_norm` is |q'|, `max_norm` the largest |m'|, both in double precision.
  DenseBound(double query_norm, double max_norm, std::size_t cols);

  /// No row whose canonical squared distance is <= limit has a score below this.
  float threshold(float limit) const;

  /// Whether the numbers are far enough from fp32's limits for the rounding analysis to hold.
  static bool holds(double query_norm, double max_norm);

 private:
  double query_norm_;
  double max_norm_;
  double cols_;
};

/// Scores bank panels that it centres and packs as it goes: the bank is held once, as it came.
class DenseScanner {
 public:
  using Bound = DenseBound;

  /// `queries` are centred rows.
  DenseScanner(const NearestKernels& kernels, const CentredBank& bank,
               const std::vector<const float*>& queries);

  std::size_t tile_queries() const { return kernels_.dense.queries; }
  std::size_t panel_rows() const { return kernels_.dense.rows; }
  std::size_t rows_in(std::size_t panel) const;
  std::uint32_t row(std::size_t panel, std::size_t lane) const {
    return bank_.order[panel * kernels_.dense.rows + lane];
  }
  void load(std::size_t panel);
  unsigned score(std::size_t tile, const float* thresholds, float* scores, std::uint64_t* lanes) const;

 private:
  const NearestKernels& kernels_;
  const CentredBank& bank_;
  std::vector<float> queries_;
  std::vector<float> panel_;
  std::vector<float> half_norms_;
  std::vector<float> centred_;
};

}  // namespace ad::nearest
