#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "dispatch/report.h"

namespace ad::dispatch {

/// Finds out once whether a backend library and its device can be used, and then has it in this process.
class CudaLoader {
 public:
  /// A driver that has not been used for a while takes seconds to wake up.
  static constexpr std::chrono::milliseconds kTimeout{20000};

  /// The first call probes, in a process of its own, and loads the library if the probe found a device; all
  /// later ones answer what it found. An empty `library` means that there is none.
  const DeviceReport& open(const std::string& library, const std::string& probe,
                           std::chrono::milliseconds timeout = kTimeout);

  /// The backend, or null unless open() found it usable.
  const ad_backend* backend();

 private:
  std::mutex mutex_;
  bool opened_ = false;
  DeviceReport report_;
  const ad_backend* backend_ = nullptr;
};

/// The process's own.
CudaLoader& cuda();

}  // namespace ad::dispatch
