#include "kernels/nearest/byte_rows.h"

#include <algorithm>
#include <cmath>

#include "cpu/parallel.h"
#include "kernels/nearest/rounding.h"

namespace ad::nearest {
namespace {

// 2^16 products of at most 255 * 127 fit into 31 bits.
constexpr std::size_t kMaxCols = std::size_t{1} << 16;
constexpr std::size_t kRowsPerTask = 64;
constexpr float kLargestCell = 127;
constexpr float kSmallest = 0x1p-100f;

ByteRow quantise(const NearestKernels& kernels, const float* x, std::size_t cols, double norm,
                 std::int8_t* cells) {
  const float largest = kernels.largest(x, cols);
  // Shorter than fp32 can scale: all cells are zero, and the whole row is error.
  if (!(largest > kSmallest)) {
    std::fill_n(cells, cols, std::int8_t{0});
    return {0, static_cast<float>(norm * (1 + 1e-6)) + kSmallest, 0, 0};
  }
  ByteRow row{largest / kLargestCell, 0, 0, 0};
  const double squared = kernels.round_to_bytes(x, kLargestCell / largest, cols, cells);
  for (std::size_t c = 0; c < cols; ++c) {
    row.sum += cells[c];
    row.squares += cells[c] * cells[c];
  }
  // Of x, rounded: centring, the two quotients and the scaling. `squared` is a sum of cols terms.
  const double residual = std::sqrt(squared) * (1 + static_cast<double>(cols) * kUnitRoundoff);
  const double rounding = 5.1 * kUnitRoundoff * norm;
  row.error = static_cast<float>((residual * static_cast<double>(row.scale) + rounding) * (1 + 1e-6));
  return row;
}

}  // namespace

Status ByteRows::build(const CentredBank& bank, std::vector<std::uint32_t> order,
                       std::unique_ptr<const ByteRows>& out, const Run& run) {
  const std::size_t rows = bank.rows.rows, cols = bank.rows.cols;
  if (cols > kMaxCols) return {};
  const NearestKernels& kernels = kNearest.pick();
  std::unique_ptr<ByteRows> bytes(new ByteRows(kernels, std::move(order), cols));
  const std::size_t tasks = (rows + kRowsPerTask - 1) / kRowsPerTask;
  const Status status = parallel_for(run, tasks, [&](std::size_t task, int) {
    std::vector<float> centred(cols);
    for (std::size_t i = task * kRowsPerTask; i < std::min((task + 1) * kRowsPerTask, rows); ++i) {
      kernels.subtract(bank.rows.row(bytes->order_[i]), bank.mean.data(), cols, centred.data());
      const double norm = std::sqrt(kernels.dot(centred.data(), centred.data(), cols));
      bytes->rows_[i] = quantise(kernels, centred.data(), cols, norm, bytes->cells_.data() + i * cols);
    }
  });
  if (status.ok()) out = std::move(bytes);
  return status;
}

ByteRows::Query ByteRows::prepare(const float* centred, double norm) const {
  std::vector<std::int8_t> cells(cols_);
  Query query{std::vector<std::uint8_t>(cols_), quantise(kernels_, centred, cols_, norm, cells.data())};
  const std::int32_t offset = query_offset(kernels_.grid);
  for (std::size_t c = 0; c < cols_; ++c) query.cells[c] = static_cast<std::uint8_t>(cells[c] + offset);
  return query;
}

double ByteRows::least_distance(const Query& query, std::size_t place, double reach) const {
  const ByteRow &a = query.row, &b = rows_[place];
  // The query's offset adds as many times b.sum to the sum of products.
  const std::int32_t product = kernels_.dot_bytes(query.cells.data(), cells_.data() + place * cols_, cols_) -
                               query_offset(kernels_.grid) * b.sum;
  const double a_scale = static_cast<double>(a.scale), b_scale = static_cast<double>(b.scale);
  const double norms = a_scale * a_scale * a.squares + b_scale * b_scale * b.squares;
  // The three terms and their sums are rounded in double precision.
  const double squared = norms - 2 * a_scale * b_scale * product - 1e-14 * norms;
  const double errors = static_cast<double>(a.error) + static_cast<double>(b.error);
  const double most = reach + errors;
  if (squared > most * most * (1 + 1e-12)) return std::numeric_limits<double>::infinity();
  return std::sqrt(std::max(0.0, squared)) * (1 - 1e-15) - errors;
}

void ByteRows::prefetch(std::size_t place) const {
  constexpr std::size_t kBytesPerLine = 64;
  __builtin_prefetch(rows_.data() + place);
  for (std::size_t c = 0; c < cols_; c += kBytesPerLine)
    __builtin_prefetch(cells_.data() + place * cols_ + c);
}

}  // namespace ad::nearest
