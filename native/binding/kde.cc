#include "kernels/kde/kde.h"

#include <memory>

#include "binding/operation.h"
#include "binding/rooms.h"
#include "dispatch/rooms.h"

namespace ad::binding {
namespace {

/// fitKde({ data, rows, cols, bandwidth, mean, whitener, points }, run) -> logNorm; fills the last three
Napi::Value fit(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::size_t rows = arguments.size("rows"), cols = arguments.size("cols");
  const auto data = arguments.matrix<const float>("data", rows, cols);
  const double bandwidth = arguments.number("bandwidth");
  double* const mean = arguments.array<double>("mean", cols);
  const auto whitener = arguments.matrix<double>("whitener", cols, cols);
  const auto points = arguments.matrix<float>("points", rows, cols);
  if (data.size() == 0) throw Napi::TypeError::New(info.Env(), "data must not be empty");
  auto kde = std::make_shared<GaussianKde<double, float>>(
      GaussianKde<double, float>{mean, whitener.data, points, 0});
  return start(
      info, arguments, [=](const Run& run) { return fit_kde(data, bandwidth, *kde, run); },
      [kde](Napi::Env env) -> Napi::Value { return Napi::Number::New(env, kde->log_norm); });
}

/// kdeLogDensity({ data, rows, cols, mean, whitener, points, count, logNorm, out }, run)
Napi::Value log_density(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::size_t rows = arguments.size("rows"), cols = arguments.size("cols"),
                    count = arguments.size("count");
  const auto data = arguments.matrix<const float>("data", rows, cols);
  const double* const mean = arguments.array<double>("mean", cols);
  const auto whitener = arguments.matrix<double>("whitener", cols, cols);
  const auto points = arguments.matrix<float>("points", count, cols);
  double* const out = arguments.array<double>("out", rows);
  if (points.size() == 0) throw Napi::TypeError::New(info.Env(), "points must not be empty");
  const GaussianKde<const double, const float> kde{
      mean, whitener.data, {points.data, count, cols}, arguments.number("logNorm")};
  const dispatch::Target target = target_of(info);
  return start(info, arguments,
               [=](const Run& run) { return dispatch::log_density(target, data, kde, out, run); });
}

}  // namespace

void register_kde(Napi::Env env, Napi::Object exports) {
  exports.Set("fitKde", Napi::Function::New(env, fit));
  exports.Set("kdeLogDensity", Napi::Function::New(env, log_density));
}

}  // namespace ad::binding
