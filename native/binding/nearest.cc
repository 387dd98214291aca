#include "dispatch/nearest.h"

#include <memory>

#include "binding/operation.h"
#include "binding/rooms.h"

namespace ad::binding {
namespace {

/// `new NearestIndex()`, then build() once, then search() any number of times, also at once.
class NearestHandle : public Napi::ObjectWrap<NearestHandle> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(
        env, "NearestIndex",
        {InstanceMethod<&NearestHandle::build>("build"), InstanceMethod<&NearestHandle::search>("search"),
         InstanceMethod<&NearestHandle::close>("close")});
  }

  explicit NearestHandle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NearestHandle>(info) {}

 private:
  /// build({ bank, rows, cols }, run) -> the device that holds the index; the bank is kept for as long as the
  /// handle.
  Napi::Value build(const Napi::CallbackInfo& info) {
    Arguments arguments(info);
    const auto bank = arguments.matrix<const float>("bank", arguments.size("rows"), arguments.size("cols"));
    bank_ = Napi::Persistent(info[0].As<Napi::Object>().Get("bank").As<Napi::TypedArray>());
    arguments.pin(info.This().As<Napi::Object>());
    auto built = std::make_shared<std::unique_ptr<const dispatch::NearestBank>>();
    const dispatch::Target target = target_of(info);
    return start(
        info, arguments, [=](const Run& run) { return dispatch::build_nearest(target, bank, *built, run); },
        [this, built](Napi::Env env) -> Napi::Value {
          index_ = std::move(*built);
          return Napi::String::New(env, index_->device());
        });
  }

  /// search({ queries, rows, k, indices, distances }, run) -> undefined; fills indices and distances, [rows,
  /// k].
  Napi::Value search(const Napi::CallbackInfo& info) {
    if (!index_) throw Napi::TypeError::New(info.Env(), "the index is not built");
    // An ArrayBuffer that was transferred to another thread leaves an empty array behind.
    if (bank_.Value().ElementLength() != index_->rows() * index_->cols()) {
      throw Napi::TypeError::New(info.Env(),
                                 "the bank's memory was transferred away after the index was built");
    }
    Arguments arguments(info);
    const std::size_t rows = arguments.size("rows"), k = arguments.size("k");
    const auto queries = arguments.matrix<const float>("queries", rows, index_->cols());
    const auto indices = arguments.matrix<std::uint32_t>("indices", rows, k);
    const auto distances = arguments.matrix<float>("distances", rows, k);
    arguments.pin(info.This().As<Napi::Object>());
    return start(info, arguments, [index = index_, queries, k, indices, distances](const Run& run) {
      return index->search(queries, k, indices.data, distances.data, run);
    });
  }

  /// close() -> undefined: lets go of index and bank. Searches under way keep what they need.
  Napi::Value close(const Napi::CallbackInfo& info) {
    index_.reset();
    return info.Env().Undefined();
  }

  Napi::Reference<Napi::TypedArray> bank_;
  std::shared_ptr<const dispatch::NearestBank> index_;
};

}  // namespace

void register_nearest(Napi::Env env, Napi::Object exports) {
  exports.Set("NearestIndex", NearestHandle::define(env));
}

}  // namespace ad::binding
