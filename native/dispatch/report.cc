#include "dispatch/report.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <sstream>

#include "dispatch/library.h"

namespace ad::dispatch {
namespace {

constexpr DeviceState kStates[] = {
    DeviceState::usable,         DeviceState::no_library, DeviceState::bad_library,    DeviceState::no_driver,
    DeviceState::driver_too_old, DeviceState::no_device,  DeviceState::device_too_old, DeviceState::crashed,
    DeviceState::timed_out,      DeviceState::failed};

/// 13000 is 13.0.
std::string version(int number) {
  return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

DeviceState state_of(ad_device_state state) {
  switch (state) {
    case AD_DEVICE_USABLE:
      return DeviceState::usable;
    case AD_DEVICE_NO_DRIVER:
      return DeviceState::no_driver;
    case AD_DEVICE_DRIVER_TOO_OLD:
      return DeviceState::driver_too_old;
    case AD_DEVICE_NONE:
      return DeviceState::no_device;
    case AD_DEVICE_TOO_OLD:
      return DeviceState::device_too_old;
    case AD_DEVICE_FAILED:
      break;
  }
  return DeviceState::failed;
}

std::string reason_of(DeviceState state, const ad_device_info& info, const char* error) {
  switch (state) {
    case DeviceState::no_driver:
      return "no NVIDIA driver was found";
    case DeviceState::driver_too_old:
      return "the NVIDIA driver is for CUDA " + version(info.driver_version) + "; the kernels need CUDA " +
             version(info.runtime_version) + " or newer";
    case DeviceState::no_device:
      return "the NVIDIA driver sees no device";
    case DeviceState::device_too_old:
      return std::string(info.name) + " has compute capability " + std::to_string(info.compute_major) + "." +
             std::to_string(info.compute_minor) + "; the kernels need 7.5 or newer";
    case DeviceState::failed:
      return std::string("the device failed: ") + error;
    default:
      return "";
  }
}

}  // namespace

const char* state_name(DeviceState state) {
  switch (state) {
    case DeviceState::usable:
      return "usable";
    case DeviceState::no_library:
      return "no_library";
    case DeviceState::bad_library:
      return "bad_library";
    case DeviceState::no_driver:
      return "no_driver";
    case DeviceState::driver_too_old:
      return "driver_too_old";
    case DeviceState::no_device:
      return "no_device";
    case DeviceState::device_too_old:
      return "device_too_old";
    case DeviceState::crashed:
      return "crashed";
    case DeviceState::timed_out:
      return "timed_out";
    case DeviceState::failed:
      break;
  }
  return "failed";
}

std::string to_text(const DeviceReport& report) {
  std::string reason = report.reason;
  std::replace(reason.begin(), reason.end(), '\n', ' ');
  const ad_device_info& info = report.info;
  std::ostringstream out;
  out << "state=" << state_name(report.state) << "\nreason=" << reason << "\nname=" << info.name
      << "\ndriver=" << info.driver_version << "\nruntime=" << info.runtime_version
      << "\nmajor=" << info.compute_major << "\nminor=" << info.compute_minor
      << "\nmultiprocessors=" << info.multiprocessors << "\ntotal=" << info.total_bytes
      << "\nfree=" << info.free_bytes << "\nend=1\n";
  return out.str();
}

DeviceReport from_text(const std::string& text) {
  std::map<std::string, std::string> values;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find('=');
    if (at != std::string::npos) values[line.substr(0, at)] = line.substr(at + 1);
  }
  DeviceReport report;
  const auto state = std::find_if(std::begin(kStates), std::end(kStates),
                                  [&](DeviceState s) { return values["state"] == state_name(s); });
  if (values["end"] != "1" || state == std::end(kStates)) {
    report.state = DeviceState::failed;
    report.reason = "the probe program gave no answer";
    return report;
  }
  const auto number = [&](const char* key) { return std::strtoull(values[key].c_str(), nullptr, 10); };
  report.state = *state;
  report.reason = values["reason"];
  ad_device_info& info = report.info;
  std::strncpy(info.name, values["name"].c_str(), sizeof info.name - 1);
  info.driver_version = static_cast<std::int32_t>(number("driver"));
  info.runtime_version = static_cast<std::int32_t>(number("runtime"));
  info.compute_major = static_cast<std::int32_t>(number("major"));
  info.compute_minor = static_cast<std::int32_t>(number("minor"));
  info.multiprocessors = static_cast<std::int32_t>(number("multiprocessors"));
  info.total_bytes = number("total");
  info.free_bytes = number("free");
  return report;
}

DeviceReport probe_library(const std::string& path) {
  DeviceReport report;
  const ad_backend* const backend = open_library(path, report.reason);
  if (backend == nullptr) {
    report.state = DeviceState::bad_library;
    return report;
  }
  const ad_status status = backend->probe(&report.info);
  report.state = status == AD_OK ? state_of(report.info.state) : DeviceState::failed;
  report.reason = reason_of(report.state, report.info, backend->last_error());
  return report;
}

}  // namespace ad::dispatch
