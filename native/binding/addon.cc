#include <napi.h>

#include "binding/cancel_token.h"
#include "binding/environment.h"
#include "binding/rooms.h"

namespace ad::binding {
namespace {

Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto* environment = new Environment;
  env.SetInstanceData(environment);
  env.AddCleanupHook([environment] { environment->cancel_all(); });

  const Napi::Function token = CancelToken::define(env);
  environment->cancel_token = Napi::Persistent(token);
  exports.Set("CancelToken", token);

  register_cpu(env, exports);
  register_cuda(env, exports);
  register_components(env, exports);
  register_coreset(env, exports);
  register_gaussian_blur(env, exports);
  register_kde(env, exports);
  register_mahalanobis(env, exports);
  register_memory(env, exports);
  register_moments(env, exports);
  register_nearest(env, exports);
  register_patch_embed(env, exports);
  register_pca(env, exports);
  register_projection(env, exports);
  return exports;
}

}  // namespace
}  // namespace ad::binding

static Napi::Object init_addon(Napi::Env env, Napi::Object exports) {
  return ad::binding::init(env, exports);
}

NODE_API_MODULE(ad_core, init_addon)
