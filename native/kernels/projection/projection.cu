// Sparse random projection: the signed sums of README.md, in its order of additions.
#include <optional>

#include "cuda/device.cuh"
#include "cuda/pipeline.h"
#include "cuda/rooms.h"

namespace ad::cuda {
namespace {

constexpr unsigned kThreads = 128;
constexpr unsigned kMaxRows = 8;
// What every kernel can have without asking.
constexpr std::size_t kSharedFloats = 12 * 1024;

}  // namespace

/// A block takes `rows_per_block` rows into shared memory, where scattered reads are cheap, and then its
/// threads take one component after another. Rows too long for that are read where they are.
__global__ void __launch_bounds__(kThreads)
    project_rows(const float* __restrict__ points, unsigned rows, unsigned cols, unsigned rows_per_block,
                 bool shared, unsigned components, const unsigned* __restrict__ offsets,
                 const unsigned* __restrict__ columns, float scale, float* __restrict__ out) {
  DYN_SHARED(float, tile);
  for (unsigned first = blockIdx.x * rows_per_block; first < rows; first += gridDim.x * rows_per_block) {
    const unsigned count = rows - first < rows_per_block ? rows - first : rows_per_block;
    const float* const from = points + static_cast<std::size_t>(first) * cols;
    if (shared) {
      for (unsigned i = threadIdx.x; i < count * cols; i += kThreads) tile[i] = __ldg(from + i);
      __syncthreads();
    }
    const float* const source = shared ? tile : from;
    for (unsigned j = threadIdx.x; j < components; j += kThreads) {
      const unsigned plus = offsets[2 * j], minus = offsets[2 * j + 1], end = offsets[2 * j + 2];
      float gained[kMaxRows] = {}, lost[kMaxRows] = {};
      for (unsigned i = plus; i < minus; ++i) {
        const float* const column = source + columns[i];
#pragma unroll
        for (unsigned r = 0; r < kMaxRows; ++r) {
          if (r < count) gained[r] = __fadd_rn(gained[r], column[static_cast<std::size_t>(r) * cols]);
        }
      }
      for (unsigned i = minus; i < end; ++i) {
        const float* const column = source + columns[i];
#pragma unroll
        for (unsigned r = 0; r < kMaxRows; ++r) {
          if (r < count) lost[r] = __fadd_rn(lost[r], column[static_cast<std::size_t>(r) * cols]);
        }
      }
#pragma unroll
      for (unsigned r = 0; r < kMaxRows; ++r) {
        if (r < count) {
          out[static_cast<std::size_t>(first + r) * components + j] =
              __fmul_rn(__fsub_rn(gained[r], lost[r]), scale);
        }
      }
    }
    // The tile is written anew only after every thread has read it.
    __syncthreads();
  }
}

void run_projection(const ad_projection& work, const Call& call) {
  const std::size_t cols = work.cols, components = work.components;
  if (cols == 0 || components == 0 || cols >= UINT32_MAX || components >= UINT32_MAX / 2) {
    throw Failure(AD_INVALID_ARGUMENT, "a projection needs 1 to 2^31 columns and components");
  }
  const std::size_t entries = work.offsets[2 * components];
  const bool shared = cols <= kSharedFloats;
  const unsigned per_block =
      shared ? static_cast<unsigned>(std::clamp<std::size_t>(kSharedFloats / cols, 1, kMaxRows)) : kMaxRows;

  ArenaPlan plan;
  Pipeline pipeline(work.rows, (cols + components) * sizeof(float));
  const auto points = pipeline.input(plan, work.points, cols * sizeof(float));
  const auto out = pipeline.output(plan, work.out, components * sizeof(float));
  const auto offsets = plan.add<unsigned>(2 * components + 1);
  const auto columns = plan.add<unsigned>(entries);
  const Arena arena(plan, call);
  upload(arena.at(offsets), work.offsets, (2 * components + 1) * sizeof(unsigned), call);
  upload(arena.at(columns), work.columns, entries * sizeof(unsigned), call);
  pipeline.run(arena, call, [&](cudaStream_t stream, int lane, std::size_t, std::size_t count) {
    launch(stream, project_rows, dim3(blocks_for(count, per_block)), dim3(kThreads),
           shared ? per_block * cols * sizeof(float) : 0, pipeline.device<float>(arena, points, lane),
           static_cast<unsigned>(count), static_cast<unsigned>(cols), per_block, shared,
           static_cast<unsigned>(components), arena.at(offsets), arena.at(columns), work.scale,
           pipeline.device<float>(arena, out, lane));
  });
}

}  // namespace ad::cuda
