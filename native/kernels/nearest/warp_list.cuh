// The k least keys seen so far, kept by one warp.
#pragma once

#include "ad/backend_abi.h"
#include "cuda/device.cuh"

namespace ad::cuda {

constexpr int kMaxK = AD_NEAREST_MAX_K;

/// At most 64 keys in ascending order, two a lane: entry i is lane i mod 32's `low` or `high`.
struct WarpList {
  Key low, high;

  __device__ void load(const Key* list, int k, int lane) {
    low = lane < k ? list[lane] : kNoKey;
    high = lane + kWarp < k ? list[lane + kWarp] : kNoKey;
  }
  __device__ void store(Key* list, int k, int lane) const {
    if (lane < k) list[lane] = low;
    if (lane + kWarp < k) list[lane + kWarp] = high;
  }

  /// The k-th key: what a new one has to beat.
  __device__ Key worst(int k) const {
    const Key first = __shfl_sync(kAllLanes, low, (k - 1) % kWarp);
    const Key second = __shfl_sync(kAllLanes, high, (k - 1) % kWarp);
    return k > kWarp ? second : first;
  }

  /// Puts one key, the same on every lane, in its place; the last one falls out.
  __device__ void insert(Key key, int lane) {
    Key before_low = __shfl_up_sync(kAllLanes, low, 1);
    Key before_high = __shfl_up_sync(kAllLanes, high, 1);
    const Key last_low = __shfl_sync(kAllLanes, low, kWarp - 1);
    if (lane == 0) {
      before_low = 0;
      before_high = last_low;
    }
    low = low < key ? low : before_low < key ? key : before_low;
    high = high < key ? high : before_high < key ? key : before_high;
  }

  /// Takes in each lane's key, or kNoKey.
  __device__ void offer(Key key, int k, int lane) {
    Key limit = worst(k);
    unsigned better = __ballot_sync(kAllLanes, key < limit);
    while (better != 0) {
      const int from = __ffs(static_cast<int>(better)) - 1;
      better &= better - 1;
      const Key candidate = __shfl_sync(kAllLanes, key, from);
      if (candidate < limit) {
        insert(candidate, lane);
        limit = worst(k);
      }
    }
  }
};

}  // namespace ad::cuda
