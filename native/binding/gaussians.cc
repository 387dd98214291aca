#include <memory>

#include "binding/operation.h"
#include "binding/rooms.h"
#include "dispatch/rooms.h"
#include "kernels/mahalanobis/mahalanobis.h"
#include "kernels/moments/moments.h"
#include "kernels/moments/triangle.h"

namespace ad::binding {
namespace {

/// The Gaussians of a call: { positions, cols, mean, [matrices] }, at least one of one column. Means are
/// doubles while images are added, and floats beside factors.
template <class Mean, class T>
struct Gaussians {
  std::size_t positions, cols;
  MatrixView<Mean> mean;
  MatrixView<T> matrices;

  Gaussians(const Napi::CallbackInfo& info, Arguments& arguments, const char* mean_name, const char* name)
      : positions(arguments.size("positions")), cols(arguments.size("cols")) {
    if (positions == 0 || cols == 0 || cols > 0xffffff) {
      throw Napi::TypeError::New(info.Env(), "positions and cols must be at least 1");
    }
    mean = arguments.matrix<Mean>(mean_name, positions, cols);
    matrices = arguments.matrix<T>(name, positions, triangle_size(cols));
  }
};

MatrixView<const float> rows_of(const Napi::CallbackInfo& info, Arguments& arguments, std::size_t positions,
                                std::size_t cols) {
  const std::size_t rows = arguments.size("rows");
  if (rows % positions != 0) throw Napi::TypeError::New(info.Env(), "rows must be whole images");
  return arguments.matrix<const float>("data", rows, cols);
}

/// addMoments({ data, rows, positions, cols, seen, mean, scatter }, run)
Napi::Value add(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const Gaussians<double, float> to(info, arguments, "mean", "scatter");
  const auto rows = rows_of(info, arguments, to.positions, to.cols);
  const std::size_t seen = arguments.size("seen");
  return start(info, arguments, [=](const Run& run) {
    return add_moments(rows, to.positions, seen, to.mean, to.matrices, run);
  });
}

/// mergeMoments({ positions, cols, seen, mean, scatter, added, otherMean, otherScatter }, run)
Napi::Value merge(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const Gaussians<double, float> to(info, arguments, "mean", "scatter");
  const Gaussians<const double, const float> other(info, arguments, "otherMean", "otherScatter");
  const std::size_t seen = arguments.size("seen"), added = arguments.size("added");
  return start(info, arguments, [=](const Run& run) {
    return merge_moments(to.mean, to.matrices, seen, other.mean, other.matrices, added, run);
  });
}

/// ledoitWolf({ data, rows, positions: 1, cols, mean, covariance }, run) -> shrinkage
Napi::Value shrink(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const Gaussians<double, float> to(info, arguments, "mean", "covariance");
  if (to.positions != 1) throw Napi::TypeError::New(info.Env(), "positions must be 1");
  const auto rows = rows_of(info, arguments, 1, to.cols);
  auto shrinkage = std::make_shared<double>();
  return start(
      info, arguments,
      [=](const Run& run) { return ledoit_wolf(rows, to.mean.data, to.matrices.data, *shrinkage, run); },
      [shrinkage](Napi::Env env) -> Napi::Value { return Napi::Number::New(env, *shrinkage); });
}

/// factorise({ positions, cols, mean, scatter, divisor, ridge }, run); scatter becomes the factors
Napi::Value factor(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const Gaussians<double, float> of(info, arguments, "mean", "scatter");
  const double divisor = arguments.number("divisor"), ridge = arguments.number("ridge");
  return start(info, arguments,
               [=](const Run& run) { return factorise(of.matrices, of.cols, divisor, ridge, run); });
}

/// mahalanobis({ data, rows, positions, cols, mean, factors, out }, run)
Napi::Value distances(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const Gaussians<const float, const float> to(info, arguments, "mean", "factors");
  const auto rows = rows_of(info, arguments, to.positions, to.cols);
  float* const out = arguments.array<float>("out", rows.rows);
  const dispatch::Target target = target_of(info);
  return start(info, arguments, [=](const Run& run) {
    return dispatch::distances(target, rows, to.mean, to.matrices, out, run);
  });
}

}  // namespace

void register_moments(Napi::Env env, Napi::Object exports) {
  exports.Set("addMoments", Napi::Function::New(env, add));
  exports.Set("mergeMoments", Napi::Function::New(env, merge));
  exports.Set("ledoitWolf", Napi::Function::New(env, shrink));
}

void register_mahalanobis(Napi::Env env, Napi::Object exports) {
  exports.Set("factorise", Napi::Function::New(env, factor));
  exports.Set("mahalanobis", Napi::Function::New(env, distances));
}

}  // namespace ad::binding
