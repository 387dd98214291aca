#include "binding/rooms.h"
#include "cpu/level.h"

namespace ad::binding {
namespace {

/// { level, levels, error }: what kernels use here, what the CPU could run, weakest first, and why a forced
/// level is refused.
Napi::Value cpu(const Napi::CallbackInfo& info) {
  Napi::Object out = Napi::Object::New(info.Env());
  out.Set("level", level_name(active_level()));
  Napi::Array levels = Napi::Array::New(info.Env());
  for (Level level : supported_levels()) levels.Set(levels.Length(), level_name(level));
  out.Set("levels", levels);
  out.Set("error", level_error());
  return out;
}

}  // namespace

void register_cpu(Napi::Env env, Napi::Object exports) {
  exports.Set("cpu", Napi::Function::New(env, cpu));
}

}  // namespace ad::binding
