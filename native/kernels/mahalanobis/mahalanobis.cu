// Distances to a Gaussian per position: the forward substitution of solve.inl.h, with its order of
// subtractions.
#include <algorithm>

#include "cuda/device.cuh"
#include "cuda/pipeline.h"
#include "cuda/rooms.h"
#include "kernels/moments/triangle.h"

namespace ad::cuda {
namespace {

constexpr unsigned kThreads = 128;
// Columns that are solved between two barriers, and rows of a position that share its factor.
constexpr unsigned kColumns = 4, kMaxBatch = 8;
// What every device that is supported gives a block that asks.
constexpr std::size_t kMaxShared = 64 * 1024 - 256;

}  // namespace

/// One block a position and a batch of images. Shared: residuals[cols][batch].
__global__ void __launch_bounds__(kThreads)
    mahalanobis_rows(const float* __restrict__ rows, unsigned images, unsigned positions, unsigned cols,
                     unsigned batch, const float* __restrict__ mean, const float* __restrict__ factors,
                     float* __restrict__ out) {
  DYN_SHARED(float, residuals);
  __shared__ float solved[kColumns][kMaxBatch];
  const unsigned thread = threadIdx.x, position = blockIdx.x, first = blockIdx.y * batch;
  const unsigned count = images - first < batch ? images - first : batch;
  const std::size_t size = static_cast<std::size_t>(cols) * (cols + std::size_t{1}) / 2;
  const float* const factor = factors + position * size;
  const auto row_of = [&](unsigned b) { return static_cast<std::size_t>(first + b) * positions + position; };
  // Row 0 of column j would stand here.
  const auto column_of = [&](unsigned j) {
    return factor +
           (static_cast<std::size_t>(j) * cols - static_cast<std::size_t>(j) * (j + std::size_t{1}) / 2);
  };

  for (unsigned i = thread; i < cols * count; i += kThreads) {
    const unsigned b = i / cols, c = i % cols;
    residuals[c * batch + b] = __fsub_rn(__ldg(rows + row_of(b) * cols + c),
                                         __ldg(mean + static_cast<std::size_t>(position) * cols + c));
  }
  __syncthreads();
  double square = 0;
  for (unsigned j = 0; j < cols; j += kColumns) {
    const unsigned n = cols - j < kColumns ? cols - j : kColumns;
    if (thread < count) {
      for (unsigned q = 0; q < n; ++q) {
        float value = residuals[(j + q) * batch + thread];
        for (unsigned t = 0; t < q; ++t) {
          value = __fsub_rn(value, __fmul_rn(__ldg(column_of(j + t) + j + q), solved[t][thread]));
        }
        // The diagonal holds 1 / L_jj.
        const float z = __fmul_rn(value, __ldg(column_of(j + q) + j + q));
        solved[q][thread] = z;
        square += static_cast<double>(z) * static_cast<double>(z);
      }
    }
    __syncthreads();
    const unsigned below = cols - j - n;
    for (unsigned at = thread; at < below * count; at += kThreads) {
      const unsigned i = j + n + at / count, b = at % count;
      float rest = residuals[i * batch + b];
      for (unsigned q = 0; q < n; ++q) {
        rest = __fsub_rn(rest, __fmul_rn(__ldg(column_of(j + q) + i), solved[q][b]));
      }
      residuals[i * batch + b] = rest;
    }
    __syncthreads();
  }
  if (thread < count) {
    out[row_of(thread)] = isfinite(square) ? static_cast<float>(sqrt(square)) : __uint_as_float(0x7f800000u);
  }
}

void run_mahalanobis(const ad_mahalanobis& work, const Call& call) {
  const std::size_t positions = work.positions, cols = work.cols;
  const std::size_t batch =
      std::min<std::size_t>(kMaxBatch, cols == 0 ? 0 : kMaxShared / sizeof(float) / cols);
  if (batch == 0 || positions == 0 || positions > INT32_MAX) {
    throw Failure(AD_INVALID_ARGUMENT, "the device's kernel takes 1 to " +
                                           std::to_string(kMaxShared / sizeof(float)) +
                                           " columns; there are " + std::to_string(cols));
  }
  if (work.images == 0) return;
  const std::size_t triangle = triangle_size(cols);
  ArenaPlan plan;
  // A grid's second dimension ends at 65,535.
  Pipeline pipeline(work.images, positions * (cols + 1) * sizeof(float), std::size_t{65535} * batch);
  const auto rows = pipeline.input(plan, work.data, positions * cols * sizeof(float));
  const auto out = pipeline.output(plan, work.out, positions * sizeof(float));
  const auto mean = plan.add<float>(positions * cols);
  const auto factors = plan.add<float>(positions * triangle);
  const Arena arena(plan, call);
  upload(arena.at(mean), work.mean, positions * cols * sizeof(float), call);
  upload(arena.at(factors), work.factors, positions * triangle * sizeof(float), call);
  const std::size_t shared = cols * batch * sizeof(float);
  allow_shared(mahalanobis_rows, shared);
  pipeline.run(arena, call, [&](cudaStream_t stream, int lane, std::size_t, std::size_t count) {
    launch(stream, mahalanobis_rows,
           dim3(static_cast<unsigned>(positions), static_cast<unsigned>(ceil_div(count, batch))),
           dim3(kThreads), shared, pipeline.device<float>(arena, rows, lane), static_cast<unsigned>(count),
           static_cast<unsigned>(positions), static_cast<unsigned>(cols), static_cast<unsigned>(batch),
           arena.at(mean), arena.at(factors), pipeline.device<float>(arena, out, lane));
  });
}

}  // namespace ad::cuda
