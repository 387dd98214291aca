#pragma once

#include <napi.h>

#include <atomic>
#include <memory>
#include <set>

namespace ad::binding {

/// What one Node environment (main thread or worker thread) owns. When the environment goes, every operation
/// still running in it is told to stop: Node then waits for them, so no kernel outlives the arrays it works
/// on.
class Environment {
 public:
  static Environment& of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

  ~Environment() { cancel_all(); }

  using Flag = std::shared_ptr<std::atomic<bool>>;

  void started(const Flag& flag) { running_.insert(flag); }
  void finished(const Flag& flag) { running_.erase(flag); }

  void cancel_all() {
    for (const Flag& flag : running_) flag->store(true);
  }

  Napi::FunctionReference cancel_token;

 private:
  std::set<Flag> running_;
};

}  // namespace ad::binding
