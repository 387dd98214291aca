#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cpu/large_vector.h"
#include "kernels/nearest/kernels.h"

namespace ad::nearest {

/// Words of `grid` cells that hold `coordinates` of them.
inline std::size_t words_for(Grid grid, std::size_t coordinates) {
  return (coordinates + cells_per_word(grid) - 1) / cells_per_word(grid);
}

/// Packs cells into words and writes them as lane `lane` of words[word][lanes]. `offset` is added to each
/// cell.
void pack_cells(Grid grid, const std::int32_t* cells, std::size_t words, std::int32_t offset,
                std::size_t lane, std::size_t lanes, std::int32_t* out);

/// Rows of cells in panels that a tile of queries meets at once.
class Panels {
 public:
  Panels() = default;
  Panels(const NearestKernels& kernels, std::size_t words, std::size_t rows);

  /// `cells` fill all words. Different rows may be put at the same time.
  void put(std::size_t row, const std::int32_t* cells);

  std::size_t count() const { return half_norms_.size() / height_; }

  /// Scores panel `panel` with a tile of packed queries: NearestKernels::head_tile. Lanes without a row score
  /// less than any row can.
  unsigned score(std::size_t panel, const std::int32_t* queries, const std::int32_t* thresholds,
                 std::int32_t* scores, std::uint64_t* lanes) const {
    return kernels_->head_tile(words_data_.data() + panel * height_ * words_, queries, words_,
                               half_norms_.data() + panel * height_, thresholds, scores, lanes);
  }

 private:
  const NearestKernels* kernels_ = nullptr;
  std::size_t words_ = 0;
  std::size_t height_ = 1;
  /// [panel][word][lane]
  LargeVector<std::int32_t> words_data_;
  /// [panel][lane]: what a row's score lacks of its dot product.
  std::vector<std::int32_t> half_norms_;
};

}  // namespace ad::nearest
