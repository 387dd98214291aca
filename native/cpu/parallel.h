#pragma once

#include <cstddef>
#include <functional>

#include "ad/run.h"
#include "ad/status.h"

namespace ad {

/// The most threads one call can have; more are quietly this many.
constexpr int kMaxThreads = 256;

/// Calls `body(index, worker)` once for each index in [0, count), on up to `run.threads` threads, the calling
/// one included. `worker` is in [0, run.threads) and never used by two threads at once: an index for scratch
/// memory. Items start in order, finish in any; bodies write to places of their own, so thread counts change
/// nothing. Stops early on cancellation or when a body throws; what it threw comes back as the status.
Status parallel_for(const Run& run, std::size_t count, const std::function<void(std::size_t, int)>& body);

/// How many workers `parallel_for` will number at most: the size for per-worker scratch.
int worker_count(const Run& run, std::size_t count);

/// Runs `body` and turns what it throws into a status: the border that exceptions do not cross.
Status guarded(const std::function<Status()>& body);

}  // namespace ad
