#pragma once

#include <napi.h>

namespace ad::binding {

// One function per room: puts the room's calls on the addon's exports.
void register_cpu(Napi::Env env, Napi::Object exports);
void register_cuda(Napi::Env env, Napi::Object exports);
void register_components(Napi::Env env, Napi::Object exports);
void register_coreset(Napi::Env env, Napi::Object exports);
void register_gaussian_blur(Napi::Env env, Napi::Object exports);
void register_kde(Napi::Env env, Napi::Object exports);
void register_mahalanobis(Napi::Env env, Napi::Object exports);
void register_memory(Napi::Env env, Napi::Object exports);
void register_moments(Napi::Env env, Napi::Object exports);
void register_nearest(Napi::Env env, Napi::Object exports);
void register_patch_embed(Napi::Env env, Napi::Object exports);
void register_pca(Napi::Env env, Napi::Object exports);
void register_projection(Napi::Env env, Napi::Object exports);

}  // namespace ad::binding
