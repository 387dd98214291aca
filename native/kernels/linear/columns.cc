#include "kernels/linear/columns.h"

#include <algorithm>
#include <cstddef>

#include "cpu/parallel.h"
#include "kernels/nearest/finite.h"

namespace ad {
namespace {

// Rows that are looked at, columns that are summed, by one thread at a time.
constexpr std::size_t kRowBlock = 16, kColumnBlock = 512;

/// 0, or NaN where a value is not finite; several sums, so that a compiler may hold them in one register.
float times_zero(const float* x, std::size_t n) {
  constexpr std::size_t kLanes = 16;
  float sums[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) sums[l] += x[i + l] * 0.0f;
  }
  for (; i < n; ++i) sums[0] += x[i] * 0.0f;
  for (std::size_t l = 1; l < kLanes; ++l) sums[0] += sums[l];
  return sums[0];
}

}  // namespace

Status check_finite(const char* name, MatrixView<const float> rows, const Run& run) {
  nearest::NotFinite bad;
  const Status done = parallel_for(run, (rows.rows + kRowBlock - 1) / kRowBlock, [&](std::size_t block, int) {
    const std::size_t end = std::min(rows.rows, (block + 1) * kRowBlock);
    for (std::size_t r = block * kRowBlock; r < end; ++r) {
      bad.check(rows, r, static_cast<double>(times_zero(rows.row(r), rows.cols)));
    }
  });
  if (!done.ok()) return done;
  return bad.any() ? bad.status(name, rows) : Status{};
}

Status column_means(MatrixView<const float> rows, std::vector<double>& means, const Run& run) {
  return guarded([&]() -> Status {
    means.assign(rows.cols, 0.0);
    return parallel_for(run, (rows.cols + kColumnBlock - 1) / kColumnBlock, [&](std::size_t block, int) {
      const std::size_t begin = block * kColumnBlock, end = std::min(rows.cols, begin + kColumnBlock);
      for (std::size_t r = 0; r < rows.rows; ++r) {
        const float* const row = rows.row(r);
        for (std::size_t c = begin; c < end; ++c) means[c] += static_cast<double>(row[c]);
      }
      for (std::size_t c = begin; c < end; ++c) means[c] /= static_cast<double>(rows.rows);
    });
  });
}

}  // namespace ad
