#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/nearest/cells.h"
#include "kernels/nearest/centred_bank.h"
#include "kernels/nearest/head_map.h"
#include "kernels/nearest/kernels.h"
#include "kernels/nearest/panels.h"

namespace ad::nearest {

/// The certificate of integer scores, dot(q, m) - floor(|m|^2 / 2) over cells (README.md).
class HeadBound {
 public:
  using Score = std::int32_t;

  /// `cells_per_unit` turns distances into cells; `error` is the query's and the worst row's.
  HeadBound(std::int64_t squared_norm, double cells_per_unit, double error, std::size_t cols);

  /// No row whose canonical squared distance is <= limit has a score below this.
  std::int32_t threshold(float limit) const;

  /// No such row lies farther from the query's cells than this, in cells.
  double reach(float limit) const;

  /// Of the query's cells.
  double squared_norm() const { return squared_norm_; }

 private:
  double squared_norm_;
  double cells_per_unit_;
  double error_;
  double cols_;
};

/// A bank's few telling coordinates as small integers, in panels that a tile scores at once. Rows lie in
/// clusters of neighbours, so that a few scores, those of the clusters' centres, rule out most rows unseen.
class Head {
 public:
  /// Null where no head would be worth its time: banks that are small, or spread evenly in all directions.
  static Status build(const CentredBank& bank, std::unique_ptr<const Head>& out, const Run& run);

  /// Coordinates, the tail's included.
  std::size_t coordinates() const { return map_.coordinates(); }

  /// Queries ready for the head: cells packed in tiles, and a bound for each.
  struct Queries {
    std::vector<std::int32_t> words;
    std::vector<HeadBound> bounds;
  };
  Queries prepare(const std::vector<const float*>& centred, const std::vector<double>& norms) const;

  TileShape shape() const { return kernels_->head; }
  /// Words of a tile of queries.
  std::size_t tile_words() const { return words_ * kernels_->head.queries; }

  /// The bank's rows in the order of the panels: cluster i holds places [i * kClusterRows, ...).
  const std::vector<std::uint32_t>& order() const { return order_; }
  const Panels& rows() const { return rows_; }
  /// One row for each cluster.
  const Panels& centres() const { return centres_; }
  /// The largest distance of a cluster's rows from its centre, in cells.
  const std::vector<double>& radii() const { return radii_; }

 private:
  Head(const NearestKernels& kernels, HeadMap map, std::size_t cols);
  Status fill(const CentredBank& bank, const Run& run);
  double fill_cluster(std::size_t cluster, std::vector<float>& coordinates,
                      const std::vector<double>& errors);
  std::size_t cells() const { return words_ * cells_per_word(kernels_->grid); }

  const NearestKernels* kernels_;
  HeadMap map_;
  std::size_t cols_;
  std::size_t words_;
  CellScale scale_;
  /// The largest error of a row, in cells.
  double max_error_ = 0;
  std::vector<std::uint32_t> order_;
  Panels rows_;
  Panels centres_;
  std::vector<double> radii_;
};

}  // namespace ad::nearest
