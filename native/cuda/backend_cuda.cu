// The ABI table of the CUDA backend (include/ad/backend_abi.h).
#include <cstring>

#include "cuda/rooms.h"

namespace ad::cuda {
namespace {

// What the kernels are built for at least (cmake/cuda.cmake).
constexpr int kOldestMajor = 7, kOldestMinor = 5;

ad_device_state state_of(cudaError_t error) {
  switch (error) {
    case cudaErrorNoDevice:
      return AD_DEVICE_NONE;
    case cudaErrorInsufficientDriver:
      return AD_DEVICE_DRIVER_TOO_OLD;
    default:
      return AD_DEVICE_FAILED;
  }
}

void describe(ad_device_info& out) {
  check(cudaRuntimeGetVersion(&out.runtime_version), "asking for the runtime's version");
  // Without a driver the version is 0 and no error.
  if (cudaDriverGetVersion(&out.driver_version) != cudaSuccess) out.driver_version = 0;
  if (out.driver_version == 0) {
    out.state = AD_DEVICE_NO_DRIVER;
    return;
  }
  int devices = 0;
  const cudaError_t found = cudaGetDeviceCount(&devices);
  static_cast<void>(cudaGetLastError());
  if (found != cudaSuccess || devices == 0) {
    out.state = found == cudaSuccess ? AD_DEVICE_NONE : state_of(found);
    if (found != cudaSuccess) last_error_text() = cudaGetErrorString(found);
    return;
  }
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, 0), "asking for the device's properties");
  std::strncpy(out.name, properties.name, sizeof out.name - 1);
  out.compute_major = properties.major;
  out.compute_minor = properties.minor;
  out.multiprocessors = properties.multiProcessorCount;
  out.total_bytes = properties.totalGlobalMem;
  const bool old = properties.major < kOldestMajor ||
                   (properties.major == kOldestMajor && properties.minor < kOldestMinor);
  if (old) {
    out.state = AD_DEVICE_TOO_OLD;
    return;
  }
  // Makes the context: where a driver is broken, it shows here.
  std::size_t free = 0, total = 0;
  check(cudaSetDevice(0), "choosing the device");
  check(cudaMemGetInfo(&free, &total), "asking for free device memory");
  out.free_bytes = free;
  out.state = AD_DEVICE_USABLE;
}

ad_status probe(ad_device_info* out) {
  *out = ad_device_info{};
  const ad_status status = guarded([&] { describe(*out); });
  if (status != AD_OK) out->state = AD_DEVICE_FAILED;
  return status;
}

const char* last_error() {
  return last_error_text().c_str();
}

ad_status nearest_create(const ad_nearest_bank* bank, const ad_call* call, ad_nearest** out) {
  return guarded([&] {
    check(cudaSetDevice(0), "choosing the device");
    *out = create_nearest(*bank, Call(call));
  });
}

ad_status nearest_search(ad_nearest* index, const ad_nearest_query* query, const ad_call* call) {
  return guarded([&] {
    check(cudaSetDevice(0), "choosing the device");
    search_nearest(*index, *query, Call(call));
  });
}

void nearest_destroy(ad_nearest* index) {
  static_cast<void>(guarded([&] { destroy_nearest(index); }));
}

/// An entry point that is one room's run function.
template <class Work, void (*kRun)(const Work&, const Call&)>
ad_status entry(const Work* work, const ad_call* call) {
  return guarded([&] {
    check(cudaSetDevice(0), "choosing the device");
    kRun(*work, Call(call));
  });
}

constexpr ad_backend kBackend{AD_BACKEND_ABI_VERSION,
                              sizeof(ad_backend),
                              "cuda",
                              probe,
                              last_error,
                              nearest_create,
                              nearest_search,
                              nearest_destroy,
                              entry<ad_coreset, run_coreset>,
                              entry<ad_projection, run_projection>,
                              entry<ad_mahalanobis, run_mahalanobis>,
                              entry<ad_kde, run_kde>,
                              entry<ad_patch_embed, run_patch_embed>,
                              entry<ad_anomaly_maps, run_anomaly_maps>};

}  // namespace

unsigned multiprocessors() {
  int count = 0;
  check(cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, 0), "asking for multiprocessors");
  return static_cast<unsigned>(count);
}

}  // namespace ad::cuda

extern "C" __attribute__((visibility("default"))) const ad_backend* ad_backend_cuda() {
  return &ad::cuda::kBackend;
}
