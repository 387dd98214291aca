#include "kernels/pca/pca.h"

#include <algorithm>
#include <memory>

#include "binding/operation.h"
#include "binding/rooms.h"

namespace ad::binding {
namespace {

/// A typed array of JavaScript's own, with these values.
template <class T>
Napi::Value copied(Napi::Env env, const std::vector<T>& values) {
  auto out = Napi::TypedArrayOf<T>::New(env, values.size());
  std::copy(values.begin(), values.end(), out.Data());
  return out;
}

/// pca({ data, rows, cols, count, share }, run) -> { mean, components, singularValues, totalVariance }
Napi::Value components(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto rows = arguments.matrix<const float>("data", arguments.size("rows"), arguments.size("cols"));
  const PcaKeep keep{arguments.size("count"), arguments.number("share")};
  if (rows.size() == 0) throw Napi::TypeError::New(info.Env(), "data must not be empty");
  auto found = std::make_shared<Pca>();
  return start(
      info, arguments, [=](const Run& run) { return pca(rows, keep, *found, run); },
      [found](Napi::Env env) -> Napi::Value {
        Napi::Object out = Napi::Object::New(env);
        out.Set("mean", copied(env, found->mean));
        out.Set("components", copied(env, found->components));
        out.Set("singularValues", copied(env, found->singular_values));
        out.Set("totalVariance", found->total_variance);
        return out;
      });
}

/// pcaProject({ data, rows, cols, mean, components, count, coordinates, residual }, run)
Napi::Value project(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::size_t rows = arguments.size("rows"), cols = arguments.size("cols"),
                    count = arguments.size("count");
  const auto data = arguments.matrix<const float>("data", rows, cols);
  const float* const mean = arguments.array<float>("mean", cols);
  const auto axes = arguments.matrix<const float>("components", count, cols);
  const auto coordinates = arguments.matrix<float>("coordinates", rows, count);
  const auto residual = arguments.matrix<float>("residual", rows, cols);
  return start(info, arguments,
               [=](const Run& run) { return pca_project(data, mean, axes, coordinates, residual, run); });
}

}  // namespace

void register_pca(Napi::Env env, Napi::Object exports) {
  exports.Set("pca", Napi::Function::New(env, components));
  exports.Set("pcaProject", Napi::Function::New(env, project));
}

}  // namespace ad::binding
