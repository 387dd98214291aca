// Greedy k-centre selection, all of it on the device; the CPU's algorithm without its head (README.md):
//   round:  mark_high -> high_bound -> list_high -> catch_up      rows whose bounds say that they may be
//   farthest
//           choose, again and again                               greedily among those, until none can be
// Each launch of `choose` adds one centre: the blocks let their rows meet the newest one and reduce
// (distance, row) to one packed number, and the last block to finish takes the farthest row or ends the
// round. The host starts launches in batches and looks at the state between batches only.
#include <algorithm>
#include <optional>

#include "cuda/arena.h"
#include "cuda/device.cuh"
#include "cuda/rooms.h"
#include "cuda/transfer.h"

namespace ad::cuda {

enum class Phase : unsigned { choosing, round_over, finished };

struct CoresetState {
  Phase phase;
  unsigned chosen, behind, active, blocks_done;
  float threshold, radius;
  /// The farthest row so far: its distance's bits, then ~row, so that the greatest is the farthest, lowest
  /// row.
  Key farthest;
};

/// What the kernels work on.
struct CoresetRows {
  const float* points;
  unsigned rows, cols, count;
  /// Distance of each row to its first `met` centres, so never less than to all; kChosen for a centre.
  float* bound;
  unsigned* met;
  unsigned* chosen;
  unsigned* behind;
  unsigned* active;
  unsigned* histogram;
  CoresetState* state;
};

namespace {

constexpr unsigned kThreads = 256, kWarps = kThreads / kWarp;
// About how many rows a round looks at: few enough to stay in the second-level cache.
constexpr unsigned kActiveRows = 8192;
// Bounds are told apart by the first 16 bits: 2^-7 of their size.
constexpr unsigned kBuckets = 1u << 16;
constexpr unsigned kBucketThreads = 1024;
constexpr float kChosen = -1;
constexpr int kCentresAtOnce = 4;

__device__ inline Key farthest_key(float distance, unsigned row) {
  return make_key(__float_as_uint(distance), ~row);
}

}  // namespace

__global__ void coreset_begin(CoresetRows set, unsigned start) {
  const unsigned step = gridDim.x * blockDim.x;
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < set.rows; i += step) {
    set.bound[i] = i == start ? kChosen : __uint_as_float(0x7f800000u);
    set.met[i] = 0;
  }
  if (blockIdx.x == 0 && threadIdx.x == 0) {
    set.chosen[0] = start;
    *set.state = CoresetState{Phase::choosing, 1, 0, 0, 0, 0, 0, 0};
  }
}

/// Counts the bounds by their first bits.
__global__ void mark_high(CoresetRows set) {
  const unsigned step = gridDim.x * blockDim.x;
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < set.rows; i += step) {
    const float bound = set.bound[i];
    if (bound >= 0) atomicAdd(set.histogram + (__float_as_uint(bound) >> 16), 1u);
  }
}

/// One block: the threshold is the lower edge of the bucket that holds the kActiveRows-th largest bound, or
/// 0.
__global__ void __launch_bounds__(kBucketThreads) high_bound(CoresetRows set) {
  __shared__ unsigned sums[kBucketThreads];
  constexpr unsigned kEach = kBuckets / kBucketThreads;
  // Thread 0 has the highest buckets.
  const unsigned top = kBuckets - threadIdx.x * kEach;
  unsigned own = 0;
  for (unsigned b = 1; b <= kEach; ++b) own += set.histogram[top - b];
  sums[threadIdx.x] = own;
  __syncthreads();
  unsigned above = 0;
  for (unsigned t = 0; t < threadIdx.x; ++t) above += sums[t];
  if (above < kActiveRows && above + own >= kActiveRows) {
    unsigned bucket = top;
    while (above < kActiveRows) above += set.histogram[--bucket];
    set.state->threshold = __uint_as_float(bucket << 16);
  }
  if (threadIdx.x == kBucketThreads - 1 && above + own < kActiveRows) set.state->threshold = 0;
  if (threadIdx.x == 0) {
    set.state->phase = Phase::choosing;
    set.state->behind = set.state->active = 0;
    set.state->blocks_done = 0;
    set.state->farthest = 0;
  }
}

/// Lists the rows that may be the farthest: those that have met all centres are active, the others behind.
__global__ void list_high(CoresetRows set) {
  const unsigned step = gridDim.x * blockDim.x, chosen = set.state->chosen;
  const float threshold = set.state->threshold;
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < set.rows; i += step) {
    const float bound = set.bound[i];
    if (bound < 0 || bound < threshold) continue;
    if (set.met[i] < chosen) {
      set.behind[atomicAdd(&set.state->behind, 1u)] = i;
    } else {
      set.active[atomicAdd(&set.state->active, 1u)] = i;
    }
  }
}

/// A warp a row: it meets the centres that it missed until its bound falls below the threshold, or is active.
__global__ void __launch_bounds__(kThreads) catch_up(CoresetRows set) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  const unsigned chosen = set.state->chosen, behind = set.state->behind;
  const float threshold = set.state->threshold;
  for (unsigned i = blockIdx.x * kWarps + threadIdx.x / kWarp; i < behind; i += gridDim.x * kWarps) {
    const unsigned row = set.behind[i];
    const float* const own = set.points + static_cast<std::size_t>(row) * set.cols;
    float bound = set.bound[row];
    unsigned met = set.met[row];
    // All lanes have read them before one writes.
    __syncwarp();
    while (met < chosen && bound >= threshold) {
      const float* centres[kCentresAtOnce];
      float sums[kCentresAtOnce];
#pragma unroll
      for (int j = 0; j < kCentresAtOnce; ++j) {
        const unsigned last = chosen - 1, at = met + static_cast<unsigned>(j);
        centres[j] = set.points + static_cast<std::size_t>(set.chosen[at < last ? at : last]) * set.cols;
        sums[j] = 0;
      }
      for (unsigned c = static_cast<unsigned>(lane); c < set.cols; c += kWarp) {
        const float x = __ldg(own + c);
#pragma unroll
        for (int j = 0; j < kCentresAtOnce; ++j) sums[j] = add_square(sums[j], x, __ldg(centres[j] + c));
      }
#pragma unroll
      for (int j = 0; j < kCentresAtOnce; ++j) bound = fminf(bound, fold_lanes(sums[j]));
      met = met + kCentresAtOnce < chosen ? met + kCentresAtOnce : chosen;
    }
    if (lane == 0) {
      set.bound[row] = bound;
      set.met[row] = met;
      if (bound >= threshold) set.active[atomicAdd(&set.state->active, 1u)] = row;
    }
  }
}

/// Takes the farthest active row, or ends the round, or all of it. One thread.
__device__ inline void take_farthest(const CoresetRows& set) {
  CoresetState& state = *set.state;
  const Key key = atomicMax(&state.farthest, Key{0});
  const float distance = key_value(key);
  const bool any = key != 0 && distance >= state.threshold;
  if (state.chosen == set.count && (any || set.count == set.rows)) {
    state.radius = any ? __fsqrt_rn(distance) : 0;
    state.phase = Phase::finished;
  } else if (!any) {
    state.phase = Phase::round_over;
  } else {
    const unsigned row = ~key_row(key);
    set.bound[row] = kChosen;
    set.chosen[state.chosen++] = row;
  }
  state.farthest = 0;
  // The other blocks' last touch is an atomic one behind their fences.
  atomicExch(&state.blocks_done, 0u);
}

/// The active rows meet the newest centre, and the farthest of them becomes the next.
__global__ void __launch_bounds__(kThreads) choose(CoresetRows set) {
  __shared__ Key keys[kWarps];
  if (set.state->phase != Phase::choosing) return;
  const int lane = static_cast<int>(threadIdx.x) % kWarp, warp = static_cast<int>(threadIdx.x) / kWarp;
  const unsigned chosen = set.state->chosen, active = set.state->active;
  const float* const centre = set.points + static_cast<std::size_t>(set.chosen[chosen - 1]) * set.cols;
  Key farthest = 0;
  for (unsigned i = blockIdx.x * kWarps + static_cast<unsigned>(warp); i < active; i += gridDim.x * kWarps) {
    const unsigned row = set.active[i];
    float bound = set.bound[row];
    const unsigned met = set.met[row];
    __syncwarp();
    if (bound < 0) continue;
    if (met < chosen) {
      const float* const own = set.points + static_cast<std::size_t>(row) * set.cols;
      bound = fminf(bound, warp_distance(own, centre, set.cols, lane));
      if (lane == 0) {
        set.bound[row] = bound;
        set.met[row] = chosen;
      }
    }
    const Key key = farthest_key(bound, row);
    farthest = key > farthest ? key : farthest;
  }
  if (lane == 0) keys[warp] = farthest;
  __syncthreads();
  if (threadIdx.x != 0) return;
  for (unsigned w = 1; w < kWarps; ++w) farthest = keys[w] > farthest ? keys[w] : farthest;
  atomicMax(&set.state->farthest, farthest);
  __threadfence();
  // The last block sees what all others wrote.
  if (atomicAdd(&set.state->blocks_done, 1u) == gridDim.x - 1) {
    __threadfence();
    take_farthest(set);
  }
}

namespace {

/// Launches between two looks at the state: about what the last round needed.
constexpr unsigned kFirstBatch = 64, kMaxBatch = 1024;

class Selection {
 public:
  Selection(const ad_coreset& work, const Call& call)
      : work_(work), call_(call), plan_(), points_(plan_.add<float>(work.rows * work.cols)) {
    const auto bound = plan_.add<float>(work.rows);
    const auto met = plan_.add<unsigned>(work.rows);
    const auto chosen = plan_.add<unsigned>(work.count);
    const auto behind = plan_.add<unsigned>(work.rows), active = plan_.add<unsigned>(work.rows);
    const auto histogram = plan_.add<unsigned>(kBuckets);
    const auto state = plan_.add<CoresetState>(1);
    arena_.emplace(plan_, call);
    set_ = CoresetRows{arena_->at(points_),
                       static_cast<unsigned>(work.rows),
                       static_cast<unsigned>(work.cols),
                       static_cast<unsigned>(work.count),
                       arena_->at(bound),
                       arena_->at(met),
                       arena_->at(chosen),
                       arena_->at(behind),
                       arena_->at(active),
                       arena_->at(histogram),
                       arena_->at(state)};
    blocks_ = dim3(4 * multiprocessors());
  }

  void run() {
    upload(arena_->at(points_), work_.points, work_.rows * work_.cols * sizeof(float), call_);
    const Stream stream;
    const Pinned pinned(sizeof(CoresetState));
    auto* const state = reinterpret_cast<CoresetState*>(pinned.data());
    launch(stream, coreset_begin, blocks_, dim3(kThreads), 0, set_, static_cast<unsigned>(work_.start));
    unsigned batch = kFirstBatch, before = 1;
    for (state->phase = Phase::round_over; state->phase != Phase::finished;) {
      call_.throw_if_cancelled();
      if (state->phase == Phase::round_over) begin_round(stream);
      for (unsigned i = 0; i < batch; ++i) launch(stream, choose, blocks_, dim3(kThreads), 0, set_);
      check(cudaMemcpyAsync(state, set_.state, sizeof *state, cudaMemcpyDeviceToHost, stream),
            "reading the selection's state");
      stream.wait();
      call_.report(static_cast<double>(state->chosen) / static_cast<double>(work_.count));
      batch = std::clamp(state->chosen - before + state->chosen / 16, kFirstBatch, kMaxBatch);
      before = state->chosen;
    }
    *work_.radius = state->radius;
    check(cudaMemcpyAsync(work_.chosen, set_.chosen, work_.count * sizeof(unsigned), cudaMemcpyDeviceToHost,
                          stream),
          "copying from the device");
    stream.wait();
  }

 private:
  void begin_round(cudaStream_t stream) const {
    check(cudaMemsetAsync(set_.histogram, 0, kBuckets * sizeof(unsigned), stream), "clearing counters");
    launch(stream, mark_high, blocks_, dim3(kThreads), 0, set_);
    launch(stream, high_bound, dim3(1), dim3(kBucketThreads), 0, set_);
    launch(stream, list_high, blocks_, dim3(kThreads), 0, set_);
    launch(stream, catch_up, blocks_, dim3(kThreads), 0, set_);
  }

  const ad_coreset& work_;
  const Call& call_;
  ArenaPlan plan_;
  const Block<float> points_;
  std::optional<Arena> arena_;
  CoresetRows set_{};
  dim3 blocks_;
};

}  // namespace

void run_coreset(const ad_coreset& work, const Call& call) {
  if (work.count < 1 || work.count > work.rows || work.start >= work.rows || work.rows >= UINT32_MAX ||
      work.cols < 1 || work.cols >= UINT32_MAX) {
    throw Failure(AD_INVALID_ARGUMENT, "count and start must lie within the rows");
  }
  Selection(work, call).run();
}

}  // namespace ad::cuda
