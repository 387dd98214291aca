#pragma once

#include <atomic>
#include <functional>

namespace ad {

/// What every long kernel call carries besides its data: how many threads, whether to stop, whom to tell.
/// Thread counts never change a result.
struct Run {
  int threads = 1;
  const std::atomic<bool>* cancel = nullptr;
  /// Called with the finished share, 0..1, from the calling thread only.
  std::function<void(double)> progress;

  bool cancelled() const { return cancel != nullptr && cancel->load(std::memory_order_relaxed); }

  void report(double share) const {
    if (progress) progress(share);
  }

  /// The same run for a part of the work: its 0..1 is reported as from..to.
  Run stage(double from, double to) const {
    Run part{threads, cancel, {}};
    if (progress) {
      part.progress = [whole = progress, from, to](double share) { whole(from + (to - from) * share); };
    }
    return part;
  }
};

}  // namespace ad
