#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/nearest/centred_bank.h"
#include "kernels/nearest/head_map.h"
#include "kernels/nearest/kernels.h"
#include "kernels/nearest/panels.h"

namespace ad::nearest {

/// Cells of one row, with what they say and how wrong they are.
struct Cells {
  /// Sum of the squared cells.
  std::int64_t squared_norm;
  /// Bounds the distance between the cells and the row's exact, clipped coordinates, in cells.
  double error;
};

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

  /// Rows of a cluster: whole panels on every level.
  static constexpr std::size_t kClusterRows = 64;

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
  Status map_rows(const CentredBank& bank, std::vector<float>& coordinates, std::vector<double>& errors,
                  const Run& run) const;
  bool choose_scale(const std::vector<float>& coordinates);
  double fill_cluster(std::size_t cluster, std::vector<float>& coordinates,
                      const std::vector<double>& errors);
  Cells quantise(float* coordinates, double error, std::int32_t* cells) const;
  std::size_t cells() const { return words_ * cells_per_word(kernels_->grid); }

  const NearestKernels* kernels_;
  HeadMap map_;
  std::size_t cols_;
  std::size_t words_;
  std::int32_t largest_cell_;
  /// Tails are measured from here, the middle of the bank's.
  float tail_centre_ = 0;
  float cells_per_unit_ = 0;
  /// The largest error of a row, in cells.
  double max_error_ = 0;
  std::vector<std::uint32_t> order_;
  Panels rows_;
  Panels centres_;
  std::vector<double> radii_;
};

}  // namespace ad::nearest
