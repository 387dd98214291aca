#include "kernels/gaussian_blur/gaussian_blur.h"

#include "binding/operation.h"
#include "binding/rooms.h"
#include "dispatch/rooms.h"

namespace ad::binding {
namespace {

/// anomalyMaps({ scores, images, height, width, out, outHeight, outWidth, sigma, mirror }, run)
Napi::Value maps(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const MapShape shape{arguments.size("images"), arguments.size("height"), arguments.size("width"),
                       arguments.size("outHeight"), arguments.size("outWidth")};
  const auto scores = arguments.matrix<const float>("scores", shape.images, shape.height * shape.width);
  const auto out = arguments.matrix<float>("out", shape.images, shape.out_height * shape.out_width);
  const double sigma = arguments.number("sigma");
  const Border border = arguments.flag("mirror") ? Border::mirror : Border::reflect;
  const dispatch::Target target = target_of(info);
  return start(info, arguments, [=](const Run& run) {
    return dispatch::maps(target, scores.data, shape, sigma, border, out.data, run);
  });
}

}  // namespace

void register_gaussian_blur(Napi::Env env, Napi::Object exports) {
  exports.Set("anomalyMaps", Napi::Function::New(env, maps));
}

}  // namespace ad::binding
