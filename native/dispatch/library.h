#pragma once

#include <string>

#include "ad/backend_abi.h"

namespace ad::dispatch {

/// Opens a backend library in this process and checks that it speaks this ABI. Null, and `reason` says why,
/// if not. It is never closed again: a driver cannot be unloaded safely.
const ad_backend* open_library(const std::string& path, std::string& reason);

}  // namespace ad::dispatch
