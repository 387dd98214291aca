#include "binding/operation.h"
#include "binding/rooms.h"
#include "dispatch/rooms.h"

namespace ad::binding {
namespace {

/// sparseProjection({ points, rows, cols, out, components, density, seed }, run)
Napi::Value project(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::size_t rows = arguments.size("rows");
  const auto points = arguments.matrix<const float>("points", rows, arguments.size("cols"));
  const auto out = arguments.matrix<float>("out", rows, arguments.size("components"));
  const double density = arguments.number("density");
  const std::uint64_t seed = arguments.size("seed");
  const dispatch::Target target = target_of(info);
  return start(info, arguments,
               [=](const Run& run) { return dispatch::projection(target, points, density, seed, out, run); });
}

}  // namespace

void register_projection(Napi::Env env, Napi::Object exports) {
  exports.Set("sparseProjection", Napi::Function::New(env, project));
}

}  // namespace ad::binding
