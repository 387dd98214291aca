// From candidates to answers: what is left is measured canonically, and the k least keys are taken.
#pragma once

#include "kernels/nearest/warp_list.cuh"

namespace ad::cuda {

constexpr int kSelectThreads = 128, kSelectWarps = kSelectThreads / kWarp;

/// Turns the row of each of a query's keys into the key of its canonical distance. One block a query.
__device__ inline void measure_keys(const float* query, const float* bank, unsigned cols, Key* keys,
                                    unsigned count) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp, warp = static_cast<int>(threadIdx.x) / kWarp;
  for (unsigned i = static_cast<unsigned>(warp); i < count; i += kSelectWarps) {
    const Key key = keys[i];
    // All lanes have read the key before one replaces it.
    __syncwarp();
    if (key == kNoKey) continue;
    const unsigned row = key_row(key);
    const float distance = warp_distance(query, bank + static_cast<std::size_t>(row) * cols, cols, lane);
    if (lane == 0) keys[i] = make_key(__float_as_uint(distance), row);
  }
}

/// The k least of `count` keys into shared best[k], ascending. Ends with a barrier.
__device__ inline void select_keys(const Key* keys, unsigned count, int k, Key (*lists)[kMaxK]) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp, warp = static_cast<int>(threadIdx.x) / kWarp;
  WarpList list;
  list.low = list.high = kNoKey;
  for (unsigned first = static_cast<unsigned>(warp) * kWarp; first < count; first += kSelectThreads) {
    const unsigned i = first + static_cast<unsigned>(lane);
    list.offer(i < count ? keys[i] : kNoKey, k, lane);
  }
  list.store(lists[warp], k, lane);
  __syncthreads();
  if (warp == 0) {
    for (int other = 1; other < kSelectWarps; ++other) {
      list.offer(lane < k ? lists[other][lane] : kNoKey, k, lane);
      list.offer(lane + kWarp < k ? lists[other][lane + kWarp] : kNoKey, k, lane);
    }
    list.store(lists[0], k, lane);
  }
  __syncthreads();
}

__device__ inline void write_answer(const Key* best, int k, unsigned* indices, float* distances) {
  for (int i = static_cast<int>(threadIdx.x); i < k; i += kSelectThreads) {
    indices[i] = key_row(best[i]);
    distances[i] = __fsqrt_rn(key_value(best[i]));
  }
}

/// The answers of queries whose keys[query][count] are measured already: those listed, or all.
__global__ void __launch_bounds__(kSelectThreads)
    nearest_select(const Key* __restrict__ keys, unsigned count, const unsigned* __restrict__ listed,
                   const unsigned* __restrict__ listed_count, unsigned query_count, int k,
                   unsigned* __restrict__ indices, float* __restrict__ distances) {
  __shared__ Key lists[kSelectWarps][kMaxK];
  const unsigned queries = listed != nullptr ? *listed_count : query_count;
  if (blockIdx.x >= queries) return;
  const std::size_t query = listed != nullptr ? listed[blockIdx.x] : blockIdx.x;
  select_keys(keys + query * count, count, k, lists);
  write_answer(lists[0], k, indices + query * static_cast<unsigned>(k),
               distances + query * static_cast<unsigned>(k));
}

/// Adds the queries of a chunk that every row was measured for: those listed, or all.
__global__ void count_exhaustive(const unsigned* __restrict__ listed_count, unsigned query_count,
                                 unsigned long long* __restrict__ total) {
  atomicAdd(total, static_cast<unsigned long long>(listed_count != nullptr ? *listed_count : query_count));
}

}  // namespace ad::cuda
