#include "binding/rooms.h"
#include "cpu/huge_pages.h"

namespace ad::binding {
namespace {

/// preferHugePages(array)
void advise(const Napi::CallbackInfo& info) {
  const auto array = info[0].As<Napi::TypedArray>();
  auto* begin = static_cast<char*>(array.ArrayBuffer().Data()) + array.ByteOffset();
  prefer_huge_pages(begin, array.ByteLength());
}

}  // namespace

void register_memory(Napi::Env env, Napi::Object exports) {
  exports.Set("preferHugePages", Napi::Function::New(env, advise));
}

}  // namespace ad::binding
