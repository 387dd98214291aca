#include "kernels/patch_embed/patch_embed.h"

#include <memory>

#include "binding/operation.h"
#include "binding/rooms.h"
#include "dispatch/rooms.h"

namespace ad::binding {
namespace {

/// patchEmbed({ levels: [{ data, channels, height, width, scale }], images, patch, nearest, out, rows, cols,
/// row }, run)
Napi::Value embed(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::size_t images = arguments.size("images");
  std::vector<FeatureLevel> levels;
  for (Arguments& level : arguments.list("levels")) {
    const std::size_t channels = level.size("channels"), height = level.size("height"),
                      width = level.size("width");
    levels.push_back({level.array<float>("data", images * channels * height * width), channels, height, width,
                      static_cast<float>(level.number("scale"))});
    arguments.adopt(std::move(level));
  }
  const std::size_t patch = arguments.size("patch");
  const Interpolation interpolation =
      arguments.flag("nearest") ? Interpolation::nearest : Interpolation::bilinear;
  const std::size_t rows = arguments.size("rows"), cols = arguments.size("cols"),
                    first = arguments.size("row");
  const MatrixView<float> whole = arguments.matrix<float>("out", rows, cols);
  std::size_t channels = 0;
  for (const FeatureLevel& level : levels) channels += level.channels;
  if (levels.empty() || channels != cols || first + images * levels[0].height * levels[0].width > rows) {
    throw Napi::TypeError::New(info.Env(), "out must hold the rows and columns of the levels");
  }
  const MatrixView<float> out{whole.row(first), rows - first, cols};
  const dispatch::Target target = target_of(info);
  return start(info, arguments, [=](const Run& run) {
    return dispatch::embed(target, levels, images, patch, interpolation, out, run);
  });
}

/// Reads channels and checks that they make up the columns.
std::vector<std::size_t> channels_of(const Napi::CallbackInfo& info, Arguments& arguments, std::size_t cols) {
  std::vector<std::size_t> channels;
  std::size_t total = 0;
  for (const Arguments& level : arguments.list("levels")) {
    channels.push_back(level.size("channels"));
    total += channels.back();
  }
  if (total != cols) throw Napi::TypeError::New(info.Env(), "channels must add up to cols");
  return channels;
}

/// levelMoments({ data, rows, cols, levels: [{ channels }] }, run) -> [{ mean, std }]
Napi::Value moments(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::size_t cols = arguments.size("cols");
  const auto data = arguments.matrix<const float>("data", arguments.size("rows"), cols);
  const std::vector<std::size_t> channels = channels_of(info, arguments, cols);
  auto found = std::make_shared<std::vector<Moments>>();
  return start(
      info, arguments, [=](const Run& run) { return level_moments(data, channels, *found, run); },
      [found](Napi::Env env) -> Napi::Value {
        Napi::Array out = Napi::Array::New(env, found->size());
        for (std::uint32_t i = 0; i < found->size(); ++i) {
          Napi::Object item = Napi::Object::New(env);
          item.Set("mean", (*found)[i].mean);
          item.Set("std", (*found)[i].deviation);
          out.Set(i, item);
        }
        return out;
      });
}

/// scaleLevels({ data, rows, cols, levels: [{ channels, factor }] }, run)
Napi::Value scale(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::size_t cols = arguments.size("cols");
  const auto data = arguments.matrix<float>("data", arguments.size("rows"), cols);
  const std::vector<std::size_t> channels = channels_of(info, arguments, cols);
  std::vector<float> factors;
  for (const Arguments& level : arguments.list("levels"))
    factors.push_back(static_cast<float>(level.number("factor")));
  return start(info, arguments, [=](const Run& run) { return scale_levels(data, channels, factors, run); });
}

}  // namespace

void register_patch_embed(Napi::Env env, Napi::Object exports) {
  exports.Set("patchEmbed", Napi::Function::New(env, embed));
  exports.Set("levelMoments", Napi::Function::New(env, moments));
  exports.Set("scaleLevels", Napi::Function::New(env, scale));
}

}  // namespace ad::binding
