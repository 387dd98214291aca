#include "kernels/components/components.h"

#include <memory>

#include "binding/operation.h"
#include "binding/rooms.h"

namespace ad::binding {
namespace {

Napi::Object to_object(Napi::Env env, const Component& c) {
  Napi::Object out = Napi::Object::New(env);
  out.Set("left", c.left);
  out.Set("top", c.top);
  out.Set("width", c.width);
  out.Set("height", c.height);
  out.Set("area", static_cast<double>(c.area));
  out.Set("peak", c.peak);
  out.Set("peakX", c.peak_x);
  out.Set("peakY", c.peak_y);
  return out;
}

/// findComponents({ map, rows, cols, threshold }, run) -> Component[]
Napi::Value find(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto map = arguments.matrix<const float>("map", arguments.size("rows"), arguments.size("cols"));
  const auto threshold = static_cast<float>(arguments.number("threshold"));
  auto found = std::make_shared<std::vector<Component>>();
  return start(
      info, arguments, [=](const Run& run) { return find_components(map, threshold, *found, run); },
      [found](Napi::Env env) -> Napi::Value {
        Napi::Array out = Napi::Array::New(env, found->size());
        for (std::size_t i = 0; i < found->size(); ++i) {
          out.Set(static_cast<std::uint32_t>(i), to_object(env, (*found)[i]));
        }
        return out;
      });
}

}  // namespace

void register_components(Napi::Env env, Napi::Object exports) {
  exports.Set("findComponents", Napi::Function::New(env, find));
}

}  // namespace ad::binding
