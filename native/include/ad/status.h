#pragma once

#include <string>
#include <utility>

namespace ad {

enum class Code {
  ok,
  cancelled,
  invalid_argument,
  out_of_memory,
  not_finite,
  /// A device or its driver failed.
  device,
  /// Too little memory on the device.
  device_memory,
  internal
};

/// What a kernel answers. Exceptions never leave a kernel.
struct Status {
  Code code = Code::ok;
  std::string message;

  bool ok() const { return code == Code::ok; }

  static Status cancelled() { return {Code::cancelled, "cancelled"}; }
  static Status invalid(std::string message) { return {Code::invalid_argument, std::move(message)}; }
  static Status not_finite(std::string message) { return {Code::not_finite, std::move(message)}; }
};

/// The code's stable name, as the binding hands it to JavaScript.
inline const char* code_name(Code code) {
  switch (code) {
    case Code::ok:
      return "ok";
    case Code::cancelled:
      return "cancelled";
    case Code::invalid_argument:
      return "invalid_argument";
    case Code::out_of_memory:
      return "out_of_memory";
    case Code::not_finite:
      return "not_finite";
    case Code::device:
      return "device";
    case Code::device_memory:
      return "device_memory";
    case Code::internal:
      return "internal";
  }
  return "internal";
}

}  // namespace ad
