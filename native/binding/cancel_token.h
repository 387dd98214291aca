#pragma once

#include <napi.h>

#include <atomic>
#include <memory>

namespace ad::binding {

/// `new CancelToken()` in JavaScript: `cancel()` asks the operations that hold it to stop.
class CancelToken : public Napi::ObjectWrap<CancelToken> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "CancelToken", {InstanceMethod<&CancelToken::cancel>("cancel")});
  }

  explicit CancelToken(const Napi::CallbackInfo& info) : Napi::ObjectWrap<CancelToken>(info) {}

  const std::shared_ptr<std::atomic<bool>>& flag() const { return flag_; }

 private:
  Napi::Value cancel(const Napi::CallbackInfo& info) {
    flag_->store(true);
    return info.Env().Undefined();
  }

  std::shared_ptr<std::atomic<bool>> flag_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace ad::binding
