#pragma once

#include <string>

#include "ad/backend_abi.h"

namespace ad::dispatch {

/// What was found of a device. The names are part of the API.
enum class DeviceState {
  usable,
  no_library,
  bad_library,
  no_driver,
  driver_too_old,
  no_device,
  device_too_old,
  crashed,
  timed_out,
  failed
};

const char* state_name(DeviceState state);

struct DeviceReport {
  DeviceState state = DeviceState::no_library;
  /// One sentence without a full stop.
  std::string reason;
  ad_device_info info{};
};

/// A report as the probe program prints it, `key=value` a line, and back. Unreadable text gives `failed`.
std::string to_text(const DeviceReport& report);
DeviceReport from_text(const std::string& text);

/// Asks a library's table: only in the probe program, as it may crash or hang.
DeviceReport probe_library(const std::string& path);

}  // namespace ad::dispatch
