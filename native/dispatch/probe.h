#pragma once

#include <chrono>
#include <string>

#include "dispatch/report.h"

namespace ad::dispatch {

/// Runs the probe program on a library, in a process of its own that is killed once the time is up.
DeviceReport run_probe(const std::string& program, const std::string& library,
                       std::chrono::milliseconds timeout);

}  // namespace ad::dispatch
