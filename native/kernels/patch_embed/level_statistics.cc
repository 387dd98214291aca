#include <algorithm>
#include <cmath>
#include <string>

#include "cpu/parallel.h"
#include "kernels/patch_embed/kernels.h"
#include "kernels/patch_embed/patch_embed.h"

namespace ad {
namespace {

// Rows whose sums are made by one thread; fixed, so that the order of all additions is.
constexpr std::size_t kRowBlock = 1024;
// Partial sums that a compiler may hold in one register.
constexpr std::size_t kLanes = 8;

struct Sums {
  double value = 0, square = 0;
};

/// Sum and sum of squares of (x - shift).
Sums sums_of(const float* x, std::size_t n, double shift) {
  double value[kLanes] = {}, square[kLanes] = {};
  for (std::size_t i = 0; i < n; ++i) {
    const double d = static_cast<double>(x[i]) - shift;
    value[i % kLanes] += d;
    square[i % kLanes] += d * d;
  }
  Sums out;
  for (std::size_t l = 0; l < kLanes; ++l) {
    out.value += value[l];
    out.square += square[l];
  }
  return out;
}

std::size_t first_bad_row(MatrixView<const float> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!std::isfinite(rows.data[i])) return i / rows.cols;
  }
  return rows.rows;
}

}  // namespace

Status level_moments(MatrixView<const float> rows, const std::vector<std::size_t>& channels,
                     std::vector<Moments>& out, const Run& run) {
  return guarded([&]() -> Status {
    const std::size_t levels = channels.size();
    const std::size_t blocks = (rows.rows + kRowBlock - 1) / kRowBlock;
    out.assign(levels, Moments{0, 0});
    if (rows.size() == 0) return {};
    // Around a value of the data itself, so that a large offset costs no digits.
    std::vector<double> shift(levels);
    std::size_t column = 0;
    for (std::size_t l = 0; l < levels; column += channels[l++]) shift[l] = rows.data[column];
    std::vector<Sums> partial(blocks * levels);
    const Status done = parallel_for(run, blocks, [&](std::size_t block, int) {
      const std::size_t end = std::min(rows.rows, (block + 1) * kRowBlock);
      for (std::size_t r = block * kRowBlock; r < end; ++r) {
        const float* row = rows.row(r);
        for (std::size_t l = 0; l < levels; row += channels[l++]) {
          const Sums sums = sums_of(row, channels[l], shift[l]);
          partial[block * levels + l].value += sums.value;
          partial[block * levels + l].square += sums.square;
        }
      }
    });
    if (!done.ok()) return done;
    for (std::size_t l = 0; l < levels; ++l) {
      Sums total;
      for (std::size_t block = 0; block < blocks; ++block) {
        total.value += partial[block * levels + l].value;
        total.square += partial[block * levels + l].square;
      }
      const double count = static_cast<double>(rows.rows) * static_cast<double>(channels[l]);
      const double mean = total.value / count;
      out[l] = {shift[l] + mean, std::sqrt(std::max(0.0, total.square / count - mean * mean))};
      if (!std::isfinite(total.square)) {
        return Status::not_finite("row " + std::to_string(first_bad_row(rows)) +
                                  " holds a value that is not finite");
      }
    }
    return {};
  });
}

Status scale_levels(MatrixView<float> rows, const std::vector<std::size_t>& channels,
                    const std::vector<float>& factors, const Run& run) {
  const PatchEmbedKernels& kernels = kPatchEmbed.pick();
  const std::size_t blocks = (rows.rows + kRowBlock - 1) / kRowBlock;
  return parallel_for(run, blocks, [&](std::size_t block, int) {
    const std::size_t end = std::min(rows.rows, (block + 1) * kRowBlock);
    for (std::size_t r = block * kRowBlock; r < end; ++r) {
      float* row = rows.row(r);
      for (std::size_t l = 0; l < channels.size(); row += channels[l++]) {
        kernels.multiply(row, factors[l], channels[l], row);
      }
    }
  });
}

}  // namespace ad
