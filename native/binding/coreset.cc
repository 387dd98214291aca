#include "kernels/coreset/coreset.h"

#include <algorithm>
#include <memory>

#include "binding/operation.h"
#include "binding/rooms.h"
#include "dispatch/rooms.h"

namespace ad::binding {
namespace {

/// greedyCoreset({ points, rows, cols, start, indices, count }, run) -> radius; fills indices
Napi::Value select(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto points = arguments.matrix<const float>("points", arguments.size("rows"), arguments.size("cols"));
  const std::size_t first = arguments.size("start");
  const std::size_t count = arguments.size("count");
  std::uint32_t* const indices = arguments.array<std::uint32_t>("indices", count);
  if (count < 1 || count > points.rows || first >= points.rows) {
    throw Napi::TypeError::New(info.Env(), "count and start must lie within the rows");
  }
  auto chosen = std::make_shared<Coreset>();
  const dispatch::Target target = target_of(info);
  return start(
      info, arguments,
      [=](const Run& run) {
        Status status = dispatch::coreset(target, points, count, first, *chosen, run);
        if (status.ok()) std::copy(chosen->rows.begin(), chosen->rows.end(), indices);
        return status;
      },
      [chosen](Napi::Env env) -> Napi::Value { return Napi::Number::New(env, chosen->radius); });
}

/// coresetScratchBytes({ rows, cols, count }) -> bytes
Napi::Value scratch(const Napi::CallbackInfo& info) {
  const Arguments arguments(info);
  const std::size_t bytes =
      coreset_scratch_bytes(arguments.size("rows"), arguments.size("cols"), arguments.size("count"));
  return Napi::Number::New(info.Env(), static_cast<double>(bytes));
}

}  // namespace

void register_coreset(Napi::Env env, Napi::Object exports) {
  exports.Set("greedyCoreset", Napi::Function::New(env, select));
  exports.Set("coresetScratchBytes", Napi::Function::New(env, scratch));
}

}  // namespace ad::binding
