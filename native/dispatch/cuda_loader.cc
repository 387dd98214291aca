#include "dispatch/cuda_loader.h"

#include "dispatch/library.h"
#include "dispatch/probe.h"

namespace ad::dispatch {

const DeviceReport& CudaLoader::open(const std::string& library, const std::string& probe,
                                     std::chrono::milliseconds timeout) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (opened_) return report_;
  opened_ = true;
  if (library.empty()) {
    report_.state = DeviceState::no_library;
    report_.reason = "the CUDA kernels are not installed";
    return report_;
  }
  report_ = run_probe(probe, library, timeout);
  if (report_.state != DeviceState::usable) return report_;
  backend_ = open_library(library, report_.reason);
  if (backend_ == nullptr) report_.state = DeviceState::bad_library;
  return report_;
}

const ad_backend* CudaLoader::backend() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return backend_;
}

CudaLoader& cuda() {
  static CudaLoader loader;
  return loader;
}

}  // namespace ad::dispatch
