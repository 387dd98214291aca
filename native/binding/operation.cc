#include "binding/operation.h"

#include <algorithm>
#include <chrono>

#include "binding/cancel_token.h"
#include "binding/environment.h"
#include "cpu/parallel.h"

namespace ad::binding {
namespace {

// Often enough for a smooth bar, rarely enough to cost nothing.
constexpr auto kProgressInterval = std::chrono::milliseconds(50);

class Operation : public Napi::AsyncProgressWorker<double> {
 public:
  Operation(Napi::Env env, Environment::Flag flag, int threads, Napi::Value on_progress,
            std::vector<Napi::ObjectReference> pins, Work work, Finish finish)
      : AsyncProgressWorker(env, "ad_core"),
        deferred_(Napi::Promise::Deferred::New(env)),
        flag_(std::move(flag)),
        pins_(std::move(pins)),
        work_(std::move(work)),
        finish_(std::move(finish)) {
    run_.threads = threads;
    run_.cancel = flag_.get();
    if (on_progress.IsFunction()) on_progress_ = Napi::Persistent(on_progress.As<Napi::Function>());
    Environment::of(env).started(flag_);
  }

  Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  void Execute(const ExecutionProgress& progress) override {
    auto last = std::chrono::steady_clock::time_point{};
    if (!on_progress_.IsEmpty()) {
      run_.progress = [&](double share) {
        const auto now = std::chrono::steady_clock::now();
        if (now - last < kProgressInterval) return;
        last = now;
        progress.Send(&share, 1);
      };
    }
    status_ = guarded([&] { return work_(run_); });
  }

  void OnProgress(const double* share, std::size_t count) override {
    if (count == 0 || on_progress_.IsEmpty()) return;
    Napi::HandleScope scope(Env());
    on_progress_.Call({Napi::Number::New(Env(), share[count - 1])});
  }

  void OnOK() override {
    Napi::HandleScope scope(Env());
    Environment::of(Env()).finished(flag_);
    if (status_.ok()) {
      deferred_.Resolve(finish_ ? finish_(Env()) : Env().Undefined());
      return;
    }
    Napi::Error error = Napi::Error::New(Env(), status_.message);
    error.Set("status", Napi::String::New(Env(), code_name(status_.code)));
    deferred_.Reject(error.Value());
  }

 private:
  Napi::Promise::Deferred deferred_;
  Environment::Flag flag_;
  std::vector<Napi::ObjectReference> pins_;
  Napi::FunctionReference on_progress_;
  Work work_;
  Finish finish_;
  Run run_;
  Status status_;
};

}  // namespace

dispatch::Target target_of(const Napi::CallbackInfo& info) {
  if (info.Length() < 2) throw Napi::TypeError::New(info.Env(), "expected run settings");
  const Arguments settings(info.Env(), info[1]);
  const std::string device = settings.text("device");
  const std::size_t memory = settings.has("deviceMemory") ? settings.size("deviceMemory") : 0;
  if (device == "cpu") return {dispatch::Device::cpu, memory};
  if (device == "cuda") return {dispatch::Device::cuda, memory};
  if (device == "auto") return {dispatch::Device::automatic, memory};
  throw Napi::TypeError::New(info.Env(), "device must be auto, cpu or cuda");
}

Napi::Value start(const Napi::CallbackInfo& info, Arguments& arguments, Work work, Finish finish) {
  const Napi::Env env = info.Env();
  if (info.Length() < 2 || !info[1].IsObject()) throw Napi::TypeError::New(env, "expected run settings");
  const auto settings = info[1].As<Napi::Object>();
  const Napi::Value token = settings.Get("token");
  if (!token.IsObject() || !token.As<Napi::Object>().InstanceOf(Environment::of(env).cancel_token.Value())) {
    throw Napi::TypeError::New(env, "token must be a CancelToken");
  }
  const double threads = Arguments(env, settings).number("threads");
  auto* operation =
      new Operation(env, CancelToken::Unwrap(token.As<Napi::Object>())->flag(),
                    static_cast<int>(std::clamp(threads, 1.0, static_cast<double>(kMaxThreads))),
                    settings.Get("onProgress"), arguments.take_pins(), std::move(work), std::move(finish));
  const Napi::Promise promise = operation->promise();
  operation->Queue();
  return promise;
}

}  // namespace ad::binding
