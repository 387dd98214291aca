#pragma once

#include <cstdint>

#include "ad/backend_abi.h"
#include "ad/run.h"
#include "ad/status.h"
#include "dispatch/cuda_loader.h"

namespace ad::dispatch {

enum class Device { automatic, cpu, cuda };

/// Where a call shall compute.
struct Target {
  Device device = Device::automatic;
  /// Device memory that the call may take, in bytes; 0: nine tenths of what is free.
  std::uint64_t memory = 0;
};

/// A backend's status with its text.
Status status_of(const ad_backend& backend, ad_status status);

/// A run, as a backend sees it. Both must outlive the call.
class BackendCall {
 public:
  BackendCall(const Run& run, const Target& target)
      : call_{const_cast<Run*>(&run), cancelled, progress, target.memory} {}
  const ad_call* get() const { return &call_; }

 private:
  static int cancelled(void* run) { return static_cast<const Run*>(run)->cancelled() ? 1 : 0; }
  static void progress(void* run, double share) { static_cast<const Run*>(run)->report(share); }

  ad_call call_;
};

/// What does not fit into the device's memory falls back to the CPU where the choice was left to us, and
/// nowhere else.
inline bool falls_back(const Target& target, const Status& status) {
  return target.device == Device::automatic && status.code == Code::device_memory;
}

/// `on_device(backend)` where the target asks for the device and there is one, else `on_cpu()`.
template <class OnCpu, class OnDevice>
Status run_on(const Target& target, OnCpu on_cpu, OnDevice on_device) {
  const ad_backend* const backend = target.device == Device::cpu ? nullptr : cuda().backend();
  if (backend == nullptr) {
    if (target.device == Device::cuda) return {Code::device, "the CUDA device is not open"};
    return on_cpu();
  }
  Status status = on_device(*backend);
  return falls_back(target, status) ? on_cpu() : status;
}

}  // namespace ad::dispatch
