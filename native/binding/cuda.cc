#include <memory>

#include "binding/operation.h"
#include "binding/rooms.h"
#include "dispatch/cuda_loader.h"

namespace ad::binding {
namespace {

Napi::Value to_object(Napi::Env env, const dispatch::DeviceReport& report) {
  Napi::Object out = Napi::Object::New(env);
  const ad_device_info& info = report.info;
  out.Set("state", dispatch::state_name(report.state));
  out.Set("reason", report.reason);
  out.Set("name", std::string(info.name));
  out.Set("driver", info.driver_version);
  out.Set("runtime", info.runtime_version);
  out.Set("major", info.compute_major);
  out.Set("minor", info.compute_minor);
  out.Set("multiprocessors", info.multiprocessors);
  out.Set("totalBytes", static_cast<double>(info.total_bytes));
  out.Set("freeBytes", static_cast<double>(info.free_bytes));
  return out;
}

/// openCuda({ library, probe, timeout }, run) -> report. The process's first call decides.
Napi::Value open(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::string library = arguments.text("library"), probe = arguments.text("probe");
  const std::chrono::milliseconds timeout(arguments.size("timeout"));
  auto report = std::make_shared<dispatch::DeviceReport>();
  return start(
      info, arguments,
      [=](const Run&) -> Status {
        *report = dispatch::cuda().open(library, probe, timeout);
        return {};
      },
      [report](Napi::Env env) { return to_object(env, *report); });
}

}  // namespace

void register_cuda(Napi::Env env, Napi::Object exports) {
  exports.Set("openCuda", Napi::Function::New(env, open));
}

}  // namespace ad::binding
