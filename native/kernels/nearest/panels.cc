#include "kernels/nearest/panels.h"

namespace ad::nearest {
namespace {

/// Half the squared norm of a lane without a row; no score of a row is as low as its negative.
constexpr std::int32_t kNowhere = std::int32_t{1} << 30;

}  // namespace

void pack_cells(Grid grid, const std::int32_t* cells, std::size_t words, std::int32_t offset,
                std::size_t lane, std::size_t lanes, std::int32_t* out) {
  const std::size_t per_word = cells_per_word(grid);
  const unsigned bits = 32 / static_cast<unsigned>(per_word);
  const std::uint32_t mask = (1u << bits) - 1;
  for (std::size_t w = 0; w < words; ++w) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < per_word; ++i) {
      word |= (static_cast<std::uint32_t>(cells[w * per_word + i] + offset) & mask) << (i * bits);
    }
    out[w * lanes + lane] = static_cast<std::int32_t>(word);
  }
}

Panels::Panels(const NearestKernels& kernels, std::size_t words, std::size_t rows)
    : kernels_(&kernels), words_(words), height_(kernels.head.rows) {
  const std::size_t panels = (rows + height_ - 1) / height_;
  words_data_.assign(panels * height_ * words, 0);
  half_norms_.assign(panels * height_, kNowhere);
}

void Panels::put(std::size_t row, const std::int32_t* cells) {
  std::int64_t squared_norm = 0, sum = 0;
  for (std::size_t i = 0; i < words_ * cells_per_word(kernels_->grid); ++i) {
    squared_norm += static_cast<std::int64_t>(cells[i]) * cells[i];
    sum += cells[i];
  }
  // The offset in the query's cells would add offset * sum to each dot product.
  half_norms_[row] = static_cast<std::int32_t>(squared_norm / 2 + query_offset(kernels_->grid) * sum);
  pack_cells(kernels_->grid, cells, words_, 0, row % height_, height_,
             words_data_.data() + row / height_ * height_ * words_);
}

}  // namespace ad::nearest
