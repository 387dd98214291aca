#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/nearest/cells.h"
#include "kernels/nearest/centred_bank.h"
#include "kernels/nearest/head_map.h"
#include "kernels/nearest/kernels.h"

namespace ad::nearest {

/// The certificate of integer scores, dot(q, m) - floor(|m|^2 / 2) over cells (README.md).
class HeadBound {
 public:
  using Score = std::int32_t;

  /// `cells_per_unit` turns distances into cells; `error` is the query's and the worst row's.
  HeadBound(std::int64_t squared_norm, double cells_per_unit, double error, std::size_t cols);

  /// No row whose canonical squared distance is <= limit has a score below this.
  std::int32_t threshold(float limit) const;

 private:
  double squared_norm_;
  double cells_per_unit_;
  double error_;
  double cols_;
};

/// A bank's few telling coordinates as small integers, in panels that a tile scores at once.
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

 private:
  friend class HeadScanner;

  Head(const NearestKernels& kernels, HeadMap map, std::size_t cols);
  Status fill(const CentredBank& bank, const Run& run);
  void pack(const std::int32_t* cells, std::size_t lane, std::size_t lanes, std::int32_t offset,
            std::int32_t* words) const;

  const NearestKernels* kernels_;
  HeadMap map_;
  std::size_t cols_;
  std::size_t words_;
  CellScale scale_;
  /// The largest error of a row, in cells.
  double max_error_ = 0;
  std::vector<std::int32_t> panels_;
  std::vector<std::int32_t> half_norms_;
};

/// Scores a bank's head: what scan() wants to know.
class HeadScanner {
 public:
  using Bound = HeadBound;

  HeadScanner(const Head& head, const CentredBank& bank, const std::vector<std::int32_t>& words)
      : head_(head), bank_(bank), words_(words) {}

  std::size_t tile_queries() const { return head_.kernels_->head.queries; }
  std::size_t panel_rows() const { return head_.kernels_->head.rows; }
  std::size_t rows_in(std::size_t panel) const;
  std::uint32_t row(std::size_t panel, std::size_t lane) const {
    return bank_.order[panel * panel_rows() + lane];
  }
  void load(std::size_t panel) { loaded_ = panel; }
  unsigned score(std::size_t tile, const std::int32_t* thresholds, std::int32_t* scores,
                 std::uint64_t* lanes) const;

 private:
  const Head& head_;
  const CentredBank& bank_;
  const std::vector<std::int32_t>& words_;
  std::size_t loaded_ = 0;
};

}  // namespace ad::nearest
