// Log densities: the log-sum-exp of README.md in double precision, one block a row.
#include "cuda/device.cuh"
#include "cuda/pipeline.h"
#include "cuda/rooms.h"

namespace ad::cuda {
namespace {

constexpr unsigned kThreads = 128, kWarps = kThreads / kWarp;
constexpr std::size_t kMaxCols = 6 * 1024;

/// Combines one value a thread, always in the same order; on every thread.
template <class Combine>
__device__ double block_combine(double value, double* scratch, Combine combine) {
#pragma unroll
  for (int half = kWarp / 2; half > 0; half /= 2) {
    value = combine(value, __shfl_xor_sync(kAllLanes, value, half));
  }
  __syncthreads();
  if (threadIdx.x % kWarp == 0) scratch[threadIdx.x / kWarp] = value;
  __syncthreads();
  value = scratch[0];
  for (unsigned i = 1; i < kWarps; ++i) value = combine(value, scratch[i]);
  return value;
}

__device__ inline double squared_distance(const double* white, const float* point, unsigned cols) {
  double sum = 0;
  for (unsigned c = 0; c < cols; ++c) {
    const double difference = white[c] - static_cast<double>(__ldg(point + c));
    sum += difference * difference;
  }
  return sum;
}

}  // namespace

/// Shared: the row, whitened, [cols].
__global__ void __launch_bounds__(kThreads)
    kde_rows(const float* __restrict__ rows, unsigned cols, unsigned count, const double* __restrict__ mean,
             const double* __restrict__ whitener, const float* __restrict__ points, double log_norm,
             double* __restrict__ out) {
  DYN_SHARED(double, white);
  __shared__ double scratch[kWarps];
  const float* const row = rows + static_cast<std::size_t>(blockIdx.x) * cols;
  for (unsigned j = threadIdx.x; j < cols; j += kThreads) {
    double sum = 0;
    for (unsigned k = 0; k <= j; ++k) {
      sum += (static_cast<double>(row[k]) - mean[k]) * whitener[static_cast<std::size_t>(k) * cols + j];
    }
    white[j] = sum;
  }
  __syncthreads();
  double nearest = __longlong_as_double(0x7ff0000000000000ll);
  for (unsigned i = threadIdx.x; i < count; i += kThreads) {
    nearest = fmin(nearest, squared_distance(white, points + static_cast<std::size_t>(i) * cols, cols));
  }
  nearest = block_combine(nearest, scratch, [](double a, double b) { return fmin(a, b); });
  // Measured once more rather than kept: the points are few and near.
  double sum = 0;
  for (unsigned i = threadIdx.x; i < count; i += kThreads) {
    sum += exp(0.5 * (nearest - squared_distance(white, points + static_cast<std::size_t>(i) * cols, cols)));
  }
  sum = block_combine(sum, scratch, [](double a, double b) { return a + b; });
  if (threadIdx.x == 0) out[blockIdx.x] = log_norm - 0.5 * nearest + log(sum);
}

void run_kde(const ad_kde& work, const Call& call) {
  const std::size_t cols = work.cols, count = work.count;
  if (cols < 1 || cols > kMaxCols || count < 1 || count >= UINT32_MAX) {
    throw Failure(AD_INVALID_ARGUMENT, "the device's kernel takes 1 to " + std::to_string(kMaxCols) +
                                           " columns; there are " + std::to_string(cols));
  }
  if (work.rows == 0) return;
  ArenaPlan plan;
  Pipeline pipeline(work.rows, cols * sizeof(float) + sizeof(double));
  const auto rows = pipeline.input(plan, work.data, cols * sizeof(float));
  const auto out = pipeline.output(plan, work.out, sizeof(double));
  const auto mean = plan.add<double>(cols);
  const auto whitener = plan.add<double>(cols * cols);
  const auto points = plan.add<float>(count * cols);
  const Arena arena(plan, call);
  upload(arena.at(mean), work.mean, cols * sizeof(double), call);
  upload(arena.at(whitener), work.whitener, cols * cols * sizeof(double), call);
  upload(arena.at(points), work.points, count * cols * sizeof(float), call);
  pipeline.run(arena, call, [&](cudaStream_t stream, int lane, std::size_t, std::size_t chunk) {
    launch(stream, kde_rows, dim3(static_cast<unsigned>(chunk)), dim3(kThreads), cols * sizeof(double),
           pipeline.device<float>(arena, rows, lane), static_cast<unsigned>(cols),
           static_cast<unsigned>(count), arena.at(mean), arena.at(whitener), arena.at(points), work.log_norm,
           pipeline.device<double>(arena, out, lane));
  });
}

}  // namespace ad::cuda
