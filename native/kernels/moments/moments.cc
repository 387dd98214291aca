#include "kernels/moments/moments.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "cpu/large_vector.h"
#include "cpu/parallel.h"
#include "kernels/moments/kernels.h"
#include "kernels/moments/triangle.h"
#include "kernels/nearest/finite.h"

namespace ad {
namespace {

// Images whose deviations are held at once: bounds the scratch memory and the error of a sum in fp32.
constexpr std::size_t kImagesAtOnce = 112;
// Columns of one large triangle that a thread takes at a time.
constexpr std::size_t kColumnBlock = 4 * kScatterColumns;

/// What MomentsKernels::add_products takes: zeros lie behind each row.
class Parts {
 public:
  void reserve(std::size_t rows, std::size_t cols) {
    stride_ = parts_stride(cols);
    if (memory_.size() < rows * stride_) memory_.assign(rows * stride_, 0.0f);
  }
  float* row(std::size_t i) { return memory_.data() + i * stride_; }

 private:
  std::size_t stride_ = 0;
  LargeVector<float> memory_;
};

/// One thread's.
struct Scratch {
  /// [images at once + 1, cols]
  Parts parts;
  /// Of the batch; and the same in two floats, see MomentsKernels::deviations.
  std::vector<double> mean;
  std::vector<float> mean_first, mean_rest;
};

/// Some images of one position, and how many came before them.
struct Batch {
  std::size_t position, first, count, seen;
};

/// Chan, Golub, LeVeque (1983): the scatter of both sets of images is the sum of each one's around its own
/// mean and weight(seen, added) (m - mean)(m - mean)'.
double weight(std::size_t seen, std::size_t added) {
  const auto n = static_cast<double>(seen), b = static_cast<double>(added);
  return n * b / (n + b);
}

/// How far the mean goes towards that of the images that are added.
double part_of_mean(std::size_t seen, std::size_t added) {
  return static_cast<double>(added) / static_cast<double>(seen + added);
}

/// Asks for the part of a batch's features that are columns first .. last - 1. Image after image lies far
/// apart, which the processor does not see coming.
void fetch(MatrixView<const float> rows, std::size_t positions, const Batch& batch, std::size_t first,
           std::size_t last) {
  if (batch.position == positions) return;
  for (std::size_t b = 0; b < batch.count; ++b) {
    prefetch_near(rows.row((batch.first + b) * positions + batch.position) + first, last - first);
  }
}

/// Writes the vectors whose outer products the batch adds to the scatter and moves the mean. Answers how many
/// vectors: what is zero anyway is left out.
std::size_t centre(MatrixView<const float> rows, std::size_t positions, const Batch& batch, double* mean,
                   Scratch& scratch, nearest::NotFinite& not_finite, const MomentsKernels& kernels) {
  const std::size_t cols = rows.cols;
  const auto row = [&](std::size_t b) { return (batch.first + b) * positions + batch.position; };
  scratch.mean.assign(cols, 0.0);
  scratch.mean_first.resize(cols);
  scratch.mean_rest.resize(cols);
  scratch.parts.reserve(std::min(batch.count, kImagesAtOnce) + 1, cols);
  for (std::size_t b = 0; b < batch.count; b += kRowsTogether) {
    const std::size_t count = std::min(kRowsTogether, batch.count - b);
    kernels.add_rows(rows.row(row(b)), positions * cols, count, cols, scratch.mean.data());
  }
  const double share = 1 / static_cast<double>(batch.count);
  double total = 0;
  for (std::size_t c = 0; c < cols; ++c) {
    const double value = scratch.mean[c] *= share;
    scratch.mean_first[c] = static_cast<float>(value);
    scratch.mean_rest[c] = static_cast<float>(value - static_cast<double>(scratch.mean_first[c]));
    total += value;
  }
  // No sum of fp32 numbers overflows a double, so a total that is not finite has a reason in the rows.
  if (!std::isfinite(total)) {
    for (std::size_t b = 0; b < batch.count; ++b) not_finite.check(rows, row(b), total);
  }
  std::size_t rank = 0;
  for (std::size_t b = 0; b < batch.count && batch.count > 1; ++b) {
    kernels.deviations(rows.row(row(b)), scratch.mean_first.data(), scratch.mean_rest.data(), cols,
                       scratch.parts.row(rank++));
  }
  if (batch.seen == 0) {
    // Of nothing there is no mean: what stands in its place may be anything.
    std::copy(scratch.mean.begin(), scratch.mean.end(), mean);
    return rank;
  }
  const double scale = std::sqrt(weight(batch.seen, batch.count));
  const double moved = part_of_mean(batch.seen, batch.count);
  float* const part = scratch.parts.row(rank++);
  for (std::size_t c = 0; c < cols; ++c) {
    const double step = scratch.mean[c] - mean[c];
    part[c] = static_cast<float>(scale * step);
    mean[c] += step * moved;
  }
  return rank;
}

}  // namespace

Status add_moments(MatrixView<const float> rows, std::size_t positions, std::size_t seen,
                   MatrixView<double> mean, MatrixView<float> scatter, const Run& run) {
  return guarded([&]() -> Status {
    const MomentsKernels& kernels = kMoments.pick();
    const std::size_t images = rows.rows / positions, cols = rows.cols;
    const std::size_t kept = kept_columns(cols, scatter.cols);
    const std::size_t batches = (images + kImagesAtOnce - 1) / kImagesAtOnce;
    const auto batch_at = [&](std::size_t position, std::size_t batch) {
      const std::size_t first = batch * kImagesAtOnce;
      return Batch{position, first, std::min(kImagesAtOnce, images - first), seen + first};
    };
    nearest::NotFinite not_finite;
    const int workers = worker_count(run, std::numeric_limits<std::size_t>::max());
    std::vector<Scratch> scratch(static_cast<std::size_t>(workers));
    if (positions > scratch.size()) {
      const std::size_t block = position_block(positions, scratch.size());
      const std::size_t items = (positions + block - 1) / block;
      const Status done = parallel_for(run, items, [&](std::size_t item, int worker) {
        Scratch& own = scratch[static_cast<std::size_t>(worker)];
        for (std::size_t p = item * block; p < std::min(positions, (item + 1) * block); ++p) {
          for (std::size_t b = 0; b < batches; ++b) {
            const Batch batch = batch_at(p, b);
            const std::size_t rank = centre(rows, positions, batch, mean.row(p), own, not_finite, kernels);
            const Batch next = b + 1 < batches ? batch_at(p, b + 1) : batch_at(p + 1, 0);
            for (std::size_t j = 0; j < kept; j += kScatterColumns) {
              const std::size_t end = std::min(kept, j + kScatterColumns);
              fetch(rows, positions, next, j, end);
              kernels.add_products(own.parts.row(0), rank, cols, j, end, batch.seen == 0, scatter.row(p));
            }
            fetch(rows, positions, next, kept, cols);
            kernels.add_squares(own.parts.row(0), rank, cols, kept, batch.seen == 0,
                                scatter.row(p) + diagonal_begin(cols, kept));
          }
        }
      });
      if (!done.ok()) return done;
    } else {
      // No more triangles than threads: they share each one's columns.
      const std::size_t blocks = (kept + kColumnBlock - 1) / kColumnBlock;
      const auto steps = static_cast<double>(positions * batches);
      for (std::size_t step = 0; step < positions * batches; ++step) {
        const std::size_t p = step / batches;
        const Batch batch = batch_at(p, step % batches);
        const std::size_t rank = centre(rows, positions, batch, mean.row(p), scratch[0], not_finite, kernels);
        const Run part = run.stage(static_cast<double>(step) / steps, static_cast<double>(step + 1) / steps);
        const Status done = parallel_for(part, blocks, [&](std::size_t block, int) {
          const std::size_t first = block * kColumnBlock;
          kernels.add_products(scratch[0].parts.row(0), rank, cols, first,
                               std::min(kept, first + kColumnBlock), batch.seen == 0, scatter.row(p));
        });
        if (!done.ok()) return done;
        kernels.add_squares(scratch[0].parts.row(0), rank, cols, kept, batch.seen == 0,
                            scatter.row(p) + diagonal_begin(cols, kept));
      }
    }
    return not_finite.any() ? not_finite.status("features", rows) : Status{};
  });
}

Status merge_moments(MatrixView<double> mean, MatrixView<float> scatter, std::size_t seen,
                     MatrixView<const double> other_mean, MatrixView<const float> other_scatter,
                     std::size_t added, const Run& run) {
  return guarded([&]() -> Status {
    if (added == 0) return {};
    const MomentsKernels& kernels = kMoments.pick();
    const std::size_t cols = mean.cols, kept = kept_columns(cols, scatter.cols);
    const double scale = std::sqrt(weight(seen, added)), moved = part_of_mean(seen, added);
    std::vector<Parts> parts(static_cast<std::size_t>(worker_count(run, mean.rows)));
    for (Parts& part : parts) part.reserve(1, cols);
    return parallel_for(run, mean.rows, [&](std::size_t p, int worker) {
      float* const to = scatter.row(p);
      const float* const from = other_scatter.row(p);
      if (seen == 0) {
        std::copy(from, from + scatter.cols, to);
        std::copy(other_mean.row(p), other_mean.row(p) + cols, mean.row(p));
        return;
      }
      float* const part = parts[static_cast<std::size_t>(worker)].row(0);
      for (std::size_t c = 0; c < cols; ++c) {
        const double step = other_mean.row(p)[c] - mean.row(p)[c];
        part[c] = static_cast<float>(scale * step);
        mean.row(p)[c] += step * moved;
      }
      for (std::size_t i = 0; i < scatter.cols; ++i) to[i] += from[i];
      kernels.add_products(part, 1, cols, 0, kept, false, to);
      kernels.add_squares(part, 1, cols, kept, false, to + diagonal_begin(cols, kept));
    });
  });
}

}  // namespace ad
