#include "dispatch/cuda_loader.h"

#include <doctest/doctest.h>

#include "dispatch/probe.h"

using namespace ad::dispatch;
using namespace std::chrono_literals;

namespace {

std::string fake(const std::string& kind) {
  return std::string(AD_FAKE_BACKENDS) + "/fake_" + kind + ".so";
}

DeviceReport open(const std::string& library, std::chrono::milliseconds timeout = 20s) {
  CudaLoader loader;
  const DeviceReport report = loader.open(library, AD_CUDA_PROBE, timeout);
  CHECK((loader.backend() != nullptr) == (report.state == DeviceState::usable));
  return report;
}

void check(const DeviceReport& report, DeviceState state, const std::string& reason) {
  CHECK(std::string(state_name(report.state)) == state_name(state));
  CHECK_MESSAGE(report.reason.find(reason) != std::string::npos, report.reason);
}

}  // namespace

TEST_CASE("loader: a device that works is described, and its table is here") {
  CudaLoader loader;
  const DeviceReport& report = loader.open(fake("good"), AD_CUDA_PROBE);
  check(report, DeviceState::usable, "");
  CHECK(report.reason == "");
  CHECK(std::string(report.info.name) == "Fake 9000");
  CHECK(report.info.driver_version == 13010);
  CHECK(report.info.compute_major == 9);
  CHECK(report.info.free_bytes == 23000000000u);
  REQUIRE(loader.backend() != nullptr);
  CHECK(std::string(loader.backend()->name) == "fake");
  // What was found stays found.
  CHECK(&loader.open(fake("crash"), AD_CUDA_PROBE) == &report);
  CHECK(report.state == DeviceState::usable);
}

TEST_CASE("loader: no library, no driver, and drivers of every kind") {
  check(open(""), DeviceState::no_library, "the CUDA kernels are not installed");
  check(open(fake("no_driver")), DeviceState::no_driver, "no NVIDIA driver was found");
  check(open(fake("old_driver")), DeviceState::driver_too_old, "for CUDA 12.2; the kernels need CUDA 13.0");
  check(open(fake("failing")), DeviceState::failed, "the device failed: a text in two lines");
}

TEST_CASE("loader: a library that does not fit is refused and says why") {
  check(open("/no/such/library.so"), DeviceState::bad_library, "/no/such/library.so");
  check(open(fake("symbol")), DeviceState::bad_library, "exports no ad_backend_cuda");
  check(open(fake("abi")), DeviceState::bad_library, "speaks version 2 of the backend ABI; expected 1");
  check(open(fake("size")), DeviceState::bad_library,
        "bytes; expected " + std::to_string(sizeof(ad_backend)));
}

TEST_CASE("loader: a driver that crashes or hangs harms the probe only") {
  check(open(fake("crash")), DeviceState::crashed, "crashed when asked");
  check(open(fake("hang"), 300ms), DeviceState::timed_out, "no answer within 300 ms");
}

TEST_CASE("loader: a probe program that is missing, or talks of other things") {
  check(run_probe("/no/such/probe", fake("good"), 1s), DeviceState::bad_library, "could not be started");
  check(run_probe("/bin/echo", fake("good"), 20s), DeviceState::failed, "gave no answer");
}

#ifdef AD_CUDA_LIBRARY
TEST_CASE("loader: the real library opens where there is no driver, and says so") {
  // With a device it is usable; a machine between those two has other tests to worry about.
  const DeviceReport report = open(AD_CUDA_LIBRARY);
  CHECK_MESSAGE((report.state == DeviceState::usable || report.state == DeviceState::no_driver),
                report.reason);
  CHECK(report.info.runtime_version >= 13000);
}
#endif
