// Every row measured: canonical distances of tiles of queries and rows, with a running top k.
#pragma once

#include "kernels/nearest/warp_list.cuh"

namespace ad::cuda {

constexpr int kExactQueries = 16, kExactRows = 32, kExactThreads = 256;
// Columns of a tile that are in shared memory at once.
constexpr int kExactCols = 128;
// Queries, and rows, of which a warp sums all pairs.
constexpr int kPairs = 8;

/// Sums[64] of 32 lanes, folded as the canonical distance folds: first by 16, then 8, 4, 2, 1. A lane gives
/// half of its sums away at each step, so that 62 exchanges fold what would be 320 one by one. Sums 2 l and
/// 2 l + 1 end on lane l.
template <int kHalf = kWarp / 2>
__device__ inline void fold_pairs(float (&sums)[kPairs * kPairs], int lane) {
  const bool upper = (lane & kHalf) != 0;
#pragma unroll
  for (int i = 0; i < 2 * kHalf; ++i) {
    const float given = upper ? sums[i] : sums[i + 2 * kHalf];
    const float kept = upper ? sums[i + 2 * kHalf] : sums[i];
    sums[i] = __fadd_rn(kept, __shfl_xor_sync(kAllLanes, given, kHalf));
  }
  if constexpr (kHalf > 1) fold_pairs<kHalf / 2>(sums, lane);
}

/// For queries listed[0 .. *listed_count - 1] (all `query_count` where listed is null): the k nearest of each
/// of gridDim.y segments of the bank, into keys[query][segment][k]; absent ones are kNoKey.
__global__ void __launch_bounds__(kExactThreads, 2)
    nearest_exhaustive(const float* __restrict__ queries, const unsigned* __restrict__ listed,
                       const unsigned* __restrict__ listed_count, unsigned query_count,
                       const float* __restrict__ bank, unsigned rows, unsigned cols, int k,
                       Key* __restrict__ keys) {
  __shared__ float query_tile[kExactQueries][kExactCols];
  __shared__ float row_tile[kExactRows][kExactCols];
  __shared__ float distances[kExactQueries][kExactRows];
  __shared__ Key best[kExactQueries][kMaxK];

  const unsigned count = listed != nullptr ? *listed_count : query_count;
  const unsigned first_query = blockIdx.x * kExactQueries;
  if (first_query >= count) return;
  const int thread = static_cast<int>(threadIdx.x), lane = thread % kWarp, warp = thread / kWarp;
  const int own_query = warp / 4 * kPairs, own_row = warp % 4 * kPairs;
  const auto query_at = [&](unsigned i) { return listed != nullptr ? listed[i] : i; };

  for (int i = thread; i < kExactQueries * kMaxK; i += kExactThreads) best[i / kMaxK][i % kMaxK] = kNoKey;
  const unsigned tiles = (rows + kExactRows - 1) / kExactRows;
  const unsigned first_tile = static_cast<unsigned>(static_cast<Key>(tiles) * blockIdx.y / gridDim.y);
  const unsigned end_tile = static_cast<unsigned>(static_cast<Key>(tiles) * (blockIdx.y + 1) / gridDim.y);

  for (unsigned tile = first_tile; tile < end_tile; ++tile) {
    const unsigned first_row = tile * kExactRows;
    float sums[kPairs * kPairs];
#pragma unroll
    for (int i = 0; i < kPairs * kPairs; ++i) sums[i] = 0;
    for (unsigned c0 = 0; c0 < cols; c0 += kExactCols) {
      // Beyond the last column both are 0 and add nothing.
      for (int i = thread; i < kExactQueries * kExactCols; i += kExactThreads) {
        const unsigned q = first_query + static_cast<unsigned>(i / kExactCols), c = c0 + i % kExactCols;
        query_tile[i / kExactCols][i % kExactCols] =
            q < count && c < cols ? __ldg(queries + static_cast<std::size_t>(query_at(q)) * cols + c) : 0.0f;
      }
      for (int i = thread; i < kExactRows * kExactCols; i += kExactThreads) {
        const unsigned r = first_row + static_cast<unsigned>(i / kExactCols), c = c0 + i % kExactCols;
        row_tile[i / kExactCols][i % kExactCols] =
            r < rows && c < cols ? __ldg(bank + static_cast<std::size_t>(r) * cols + c) : 0.0f;
      }
      __syncthreads();
#pragma unroll 1
      for (int c = lane; c < kExactCols; c += kWarp) {
        float row[kPairs];
#pragma unroll
        for (int r = 0; r < kPairs; ++r) row[r] = row_tile[own_row + r][c];
#pragma unroll
        for (int q = 0; q < kPairs; ++q) {
          const float query = query_tile[own_query + q][c];
#pragma unroll
          for (int r = 0; r < kPairs; ++r)
            sums[q * kPairs + r] = add_square(sums[q * kPairs + r], query, row[r]);
        }
      }
      __syncthreads();
    }
    fold_pairs(sums, lane);
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const int pair = 2 * lane + i;
      distances[own_query + pair / kPairs][own_row + pair % kPairs] = sums[i];
    }
    __syncthreads();
    for (int q = warp; q < kExactQueries; q += kExactThreads / kWarp) {
      WarpList list;
      list.load(best[q], k, lane);
      const unsigned row = first_row + static_cast<unsigned>(lane);
      list.offer(row < rows ? make_key(__float_as_uint(distances[q][lane]), row) : kNoKey, k, lane);
      list.store(best[q], k, lane);
    }
    // The next tile's barriers keep `distances` from being written before every warp has read it.
  }
  __syncthreads();
  for (int i = thread; i < kExactQueries * k; i += kExactThreads) {
    const unsigned q = first_query + static_cast<unsigned>(i / k);
    if (q < count) {
      keys[(static_cast<std::size_t>(query_at(q)) * gridDim.y + blockIdx.y) * static_cast<unsigned>(k) +
           static_cast<unsigned>(i % k)] = best[i / k][i % k];
    }
  }
}

}  // namespace ad::cuda
