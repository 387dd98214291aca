// The certified prefilter (README.md): int8 cells scored by __dp4a, thresholds in double precision.
#pragma once

#include "kernels/nearest/select.cuh"

namespace ad::cuda {

constexpr double kUnitRoundoff = 0x1p-24;
constexpr int kLargestCell = 127;

/// What every query needs to know of a bank's head; the same numbers as the ABI's, with device pointers.
struct DeviceHead {
  const int* cells;
  const int* half_norms;
  const float* axes;
  const float* mean;
  unsigned words, axis_count;
  double relative_error;  // of a query's coordinates
  double shortest_tail, max_norm, max_error;
  float tail_centre, cells_per_unit;
};

/// A query's side of the bound: |cells|^2, and the errors of both sides in cells.
struct QueryBound {
  double squared_norm, error;
};

constexpr int kPrepareThreads = 128, kPrepareWarps = kPrepareThreads / kWarp;

__device__ inline double warp_sum(double value) {
#pragma unroll
  for (int half = kWarp / 2; half > 0; half /= 2) value += __shfl_xor_sync(kAllLanes, value, half);
  return value;
}

/// Sum over the block, on every thread. Begins and ends with barriers of its own.
__device__ inline double block_sum(double value, double* scratch) {
  value = warp_sum(value);
  __syncthreads();
  if (threadIdx.x % kWarp == 0) scratch[threadIdx.x / kWarp] = value;
  __syncthreads();
  double sum = 0;
  for (int i = 0; i < kPrepareWarps; ++i) sum += scratch[i];
  return sum;
}

/// One block a query: its coordinates along the axes and its tail, as cells, and its bound. hit_counts[query]
/// becomes 0, or `refused` where the query's numbers are beyond what the bounds were made for.
__global__ void __launch_bounds__(kPrepareThreads)
    head_prepare(const float* __restrict__ queries, unsigned cols, DeviceHead head, unsigned refused,
                 int* __restrict__ words, QueryBound* __restrict__ bounds,
                 unsigned* __restrict__ hit_counts) {
  DYN_SHARED(float, centred);  // [cols], then [axis_count + 1] coordinates
  __shared__ double scratch[kPrepareWarps];
  float* const coordinates = centred + cols;
  const unsigned thread = threadIdx.x, lane = thread % kWarp, warp = thread / kWarp;
  const float* const query = queries + static_cast<std::size_t>(blockIdx.x) * cols;

  double squares = 0;
  for (unsigned c = thread; c < cols; c += kPrepareThreads) {
    const float x = __fsub_rn(query[c], head.mean[c]);
    centred[c] = x;
    squares += static_cast<double>(x) * static_cast<double>(x);
  }
  const double norm = sqrt(block_sum(squares, scratch));

  for (unsigned axis = warp; axis < head.axis_count; axis += kPrepareWarps) {
    const float* const direction = head.axes + static_cast<std::size_t>(axis) * cols;
    float sum = 0;
    for (unsigned c = lane; c < cols; c += kWarp) sum = fmaf(__ldg(direction + c), centred[c], sum);
#pragma unroll
    for (int half = kWarp / 2; half > 0; half /= 2) sum += __shfl_xor_sync(kAllLanes, sum, half);
    if (lane == 0) coordinates[axis] = sum;
  }
  __syncthreads();

  double along = 0;
  for (unsigned i = thread; i < head.axis_count; i += kPrepareThreads) {
    along += static_cast<double>(coordinates[i]) * static_cast<double>(coordinates[i]);
  }
  along = block_sum(along, scratch);
  const double r = head.relative_error;
  const double squared_error = (2 * r + r * r + 3 * kUnitRoundoff) * norm * norm;
  const double tail = fmax(head.shortest_tail, sqrt(fmax(0.0, norm * norm - along)));
  const double tail_error = squared_error / (tail + head.shortest_tail) + kUnitRoundoff * tail;
  const double error = sqrt(r * norm * r * norm + tail_error * tail_error) * (1 + 1e-9);
  if (thread == 0) coordinates[head.axis_count] = __fsub_rn(static_cast<float>(tail), head.tail_centre);
  __syncthreads();

  const unsigned count = head.axis_count + 1;
  double rounded_away = 0, squared_norm = 0;
  for (unsigned w = thread; w < head.words; w += kPrepareThreads) {
    unsigned word = 0;
    for (unsigned i = 0; i < 4 && 4 * w + i < count; ++i) {
      const float scaled = __fmul_rn(coordinates[4 * w + i], head.cells_per_unit);
      const float x =
          fminf(static_cast<float>(kLargestCell), fmaxf(-static_cast<float>(kLargestCell), scaled));
      // Beyond 2^23 a float's last bit is worth 1.
      const float cell = __fsub_rn(__fadd_rn(x, 0x1.8p23f), 0x1.8p23f);
      const double residual = static_cast<double>(x) - static_cast<double>(cell);
      rounded_away += residual * residual;
      squared_norm += static_cast<double>(cell) * static_cast<double>(cell);
      word |= (static_cast<unsigned>(static_cast<int>(cell)) & 0xffu) << (8 * i);
    }
    words[static_cast<std::size_t>(blockIdx.x) * head.words + w] = static_cast<int>(word);
  }
  rounded_away = block_sum(rounded_away, scratch);
  squared_norm = block_sum(squared_norm, scratch);
  if (thread != 0) return;
  const double n = static_cast<double>(count);
  const double rounding = 4 * kUnitRoundoff * kLargestCell * sqrt(n);
  const double own = (sqrt(rounded_away) * (1 + n * kUnitRoundoff) + rounding +
                      error * static_cast<double>(head.cells_per_unit)) *
                     (1 + 1e-9);
  bounds[blockIdx.x] = {squared_norm, own + head.max_error};
  const double scale = norm + head.max_norm;
  hit_counts[blockIdx.x] = scale > 0x1p-50 && scale < 0x1p60 ? 0 : refused;
}

/// No row whose canonical squared distance is <= limit scores below this: HeadBound::threshold.
__device__ inline int head_threshold(float limit, const QueryBound& bound, const DeviceHead& head,
                                     unsigned cols) {
  if (isinf(limit)) return INT32_MIN;
  const double n = static_cast<double>(cols);
  const double squared =
      static_cast<double>(limit) * (1 + 1.01 * kUnitRoundoff * (n / 32 + 9)) + n * 0x1p-149;
  const double distance = sqrt(squared) * (1 + 1e-15);
  const double reach = distance * static_cast<double>(head.cells_per_unit) * (1 + 1e-12) + bound.error;
  const double lowest = floor((bound.squared_norm - reach * reach) / 2) - 1;
  return static_cast<int>(fmin(fmax(lowest, -2147483647.0), 2147483647.0));
}

constexpr int kHeadTile = 64, kHeadThreads = 256, kHeadMicro = 4, kHeadStride = kHeadTile + 1;

/// Shared memory of a scan: the queries' cells, and in one place the rows' cells and then their scores.
constexpr std::size_t head_shared_bytes(unsigned words, int k) {
  const std::size_t cells = static_cast<std::size_t>(words) * kHeadStride * sizeof(int);
  const std::size_t scores = static_cast<std::size_t>(kHeadTile) * kHeadTile * sizeof(int);
  return static_cast<std::size_t>(kHeadTile) * static_cast<std::size_t>(k) * sizeof(Key) +
         (cells > scores ? cells : scores) + cells;
}

__device__ inline void load_cells(const int* cells, unsigned first, unsigned count, unsigned words,
                                  int* tile) {
  for (unsigned i = threadIdx.x; i < kHeadTile * words; i += kHeadThreads) {
    const unsigned row = i / words, word = i % words;
    tile[word * kHeadStride + row] =
        first + row < count ? __ldg(cells + static_cast<std::size_t>(first) * words + i) : 0;
  }
}

/// Scores of a thread's 4 x 4 of the tile: queries ty + 16 i, rows tx + 16 j.
__device__ inline void score_tile(const int* query_cells, const int* row_cells, unsigned words, int tx,
                                  int ty, int (&scores)[kHeadMicro][kHeadMicro]) {
#pragma unroll
  for (int i = 0; i < kHeadMicro; ++i)
#pragma unroll
    for (int j = 0; j < kHeadMicro; ++j) scores[i][j] = 0;
  for (unsigned w = 0; w < words; ++w) {
    int query[kHeadMicro], row[kHeadMicro];
#pragma unroll
    for (int i = 0; i < kHeadMicro; ++i) {
      query[i] = query_cells[w * kHeadStride + ty + 16 * i];
      row[i] = row_cells[w * kHeadStride + tx + 16 * i];
    }
#pragma unroll
    for (int i = 0; i < kHeadMicro; ++i)
#pragma unroll
      for (int j = 0; j < kHeadMicro; ++j) scores[i][j] = __dp4a(query[i], row[j], scores[i][j]);
  }
}

/// A segment of the bank's row tiles.
struct Segment {
  unsigned first, end;
};
__device__ inline Segment own_segment(unsigned rows) {
  const unsigned tiles = (rows + kHeadTile - 1) / kHeadTile;
  return {static_cast<unsigned>(static_cast<Key>(tiles) * blockIdx.y / gridDim.y),
          static_cast<unsigned>(static_cast<Key>(tiles) * (blockIdx.y + 1) / gridDim.y)};
}

/// The k best-scored rows of each of gridDim.y segments, into keys[query][segment][k].
__global__ void __launch_bounds__(kHeadThreads)
    head_best(const int* __restrict__ query_words, unsigned query_count, const int* __restrict__ cells,
              const int* __restrict__ half_norms, unsigned rows, unsigned words, int k,
              Key* __restrict__ keys) {
  DYN_SHARED(Key, best);
  int* const query_cells = reinterpret_cast<int*>(best + kHeadTile * k);
  int* const row_cells = query_cells + words * kHeadStride;
  int* const tile_scores = row_cells;
  const int thread = static_cast<int>(threadIdx.x), lane = thread % kWarp, warp = thread / kWarp;
  const int tx = thread % 16, ty = thread / 16;
  const unsigned first_query = blockIdx.x * kHeadTile;

  for (int i = thread; i < kHeadTile * k; i += kHeadThreads) best[i] = kNoKey;
  load_cells(query_words, first_query, query_count, words, query_cells);
  const Segment segment = own_segment(rows);
  for (unsigned tile = segment.first; tile < segment.end; ++tile) {
    const unsigned first_row = tile * kHeadTile;
    load_cells(cells, first_row, rows, words, row_cells);
    __syncthreads();
    int scores[kHeadMicro][kHeadMicro];
    score_tile(query_cells, row_cells, words, tx, ty, scores);
    __syncthreads();
#pragma unroll
    for (int j = 0; j < kHeadMicro; ++j) {
      const unsigned row = first_row + static_cast<unsigned>(tx + 16 * j);
      const int half_norm = row < rows ? __ldg(half_norms + row) : 0;
#pragma unroll
      for (int i = 0; i < kHeadMicro; ++i)
        tile_scores[(ty + 16 * i) * kHeadTile + tx + 16 * j] = scores[i][j] - half_norm;
    }
    __syncthreads();
    for (int q = warp; q < kHeadTile; q += kHeadThreads / kWarp) {
      WarpList list;
      list.load(best + q * k, k, lane);
      for (int at = lane; at < kHeadTile; at += kWarp) {
        const unsigned row = first_row + static_cast<unsigned>(at);
        // High scores first: their order as unsigned numbers, turned round.
        const unsigned order = ~(static_cast<unsigned>(tile_scores[q * kHeadTile + at]) ^ 0x80000000u);
        list.offer(row < rows ? make_key(order, row) : kNoKey, k, lane);
      }
      list.store(best + q * k, k, lane);
    }
    __syncthreads();
  }
  for (int i = thread; i < kHeadTile * k; i += kHeadThreads) {
    const unsigned q = first_query + static_cast<unsigned>(i / k);
    if (q < query_count) {
      keys[(static_cast<std::size_t>(q) * gridDim.y + blockIdx.y) * static_cast<unsigned>(k) +
           static_cast<unsigned>(i % k)] = best[i];
    }
  }
}

/// Measures what head_best found, and from the k nearest of it what a row has to score that may be nearer.
__global__ void __launch_bounds__(kSelectThreads)
    head_limits(const float* __restrict__ queries, const float* __restrict__ bank, unsigned cols,
                DeviceHead head, Key* __restrict__ keys, unsigned count, int k,
                const QueryBound* __restrict__ bounds, const unsigned* __restrict__ hit_counts,
                int* __restrict__ thresholds) {
  __shared__ Key lists[kSelectWarps][kMaxK];
  const std::size_t query = blockIdx.x;
  // Nothing reaches the threshold of a query that is measured exhaustively anyhow.
  if (hit_counts[query] != 0) {
    if (threadIdx.x == 0) thresholds[query] = INT32_MAX;
    return;
  }
  Key* const own = keys + query * count;
  measure_keys(queries + query * cols, bank, cols, own, count);
  __syncthreads();
  select_keys(own, count, k, lists);
  if (threadIdx.x == 0) {
    thresholds[query] = head_threshold(key_value(lists[0][k - 1]), bounds[query], head, cols);
  }
}

/// Lists the rows that reach each query's threshold in hits[query][capacity], as keys without a value;
/// hit_counts goes on counting beyond.
__global__ void __launch_bounds__(kHeadThreads)
    head_hits(const int* __restrict__ query_words, unsigned query_count, const int* __restrict__ cells,
              const int* __restrict__ half_norms, unsigned rows, unsigned words,
              const int* __restrict__ thresholds, unsigned capacity, Key* __restrict__ hits,
              unsigned* __restrict__ hit_counts) {
  DYN_SHARED(int, query_cells);
  int* const row_cells = query_cells + words * kHeadStride;
  const int tx = static_cast<int>(threadIdx.x) % 16, ty = static_cast<int>(threadIdx.x) / 16;
  const unsigned first_query = blockIdx.x * kHeadTile;
  load_cells(query_words, first_query, query_count, words, query_cells);
  int needed[kHeadMicro];
#pragma unroll
  for (int i = 0; i < kHeadMicro; ++i) {
    const unsigned q = first_query + static_cast<unsigned>(ty + 16 * i);
    needed[i] = q < query_count ? thresholds[q] : INT32_MAX;
  }
  const Segment segment = own_segment(rows);
  for (unsigned tile = segment.first; tile < segment.end; ++tile) {
    const unsigned first_row = tile * kHeadTile;
    load_cells(cells, first_row, rows, words, row_cells);
    __syncthreads();
    int scores[kHeadMicro][kHeadMicro];
    score_tile(query_cells, row_cells, words, tx, ty, scores);
#pragma unroll
    for (int j = 0; j < kHeadMicro; ++j) {
      const unsigned row = first_row + static_cast<unsigned>(tx + 16 * j);
      if (row >= rows) continue;
      const int half_norm = __ldg(half_norms + row);
#pragma unroll
      for (int i = 0; i < kHeadMicro; ++i) {
        if (scores[i][j] - half_norm < needed[i]) continue;
        const std::size_t q = first_query + static_cast<unsigned>(ty + 16 * i);
        // A query beyond the last needs more than any score.
        if (q >= query_count) continue;
        const unsigned at = atomicAdd(hit_counts + q, 1u);
        if (at < capacity) hits[q * capacity + at] = make_key(0, row);
      }
    }
    __syncthreads();
  }
}

/// Measures the hits and answers; queries with more than were listed go to listed[*listed_count ..].
__global__ void __launch_bounds__(kSelectThreads)
    head_answer(const float* __restrict__ queries, const float* __restrict__ bank, unsigned cols,
                Key* __restrict__ hits, unsigned capacity, const unsigned* __restrict__ hit_counts, int k,
                unsigned* __restrict__ indices, float* __restrict__ distances, unsigned* __restrict__ listed,
                unsigned* __restrict__ listed_count) {
  __shared__ Key lists[kSelectWarps][kMaxK];
  const std::size_t query = blockIdx.x;
  const unsigned count = hit_counts[query];
  if (count > capacity) {
    if (threadIdx.x == 0) listed[atomicAdd(listed_count, 1u)] = blockIdx.x;
    return;
  }
  Key* const own = hits + query * capacity;
  measure_keys(queries + query * cols, bank, cols, own, count);
  __syncthreads();
  select_keys(own, count, k, lists);
  write_answer(lists[0], k, indices + query * static_cast<unsigned>(k),
               distances + query * static_cast<unsigned>(k));
}

}  // namespace ad::cuda
