#include "dispatch/library.h"

#include <dlfcn.h>

namespace ad::dispatch {

const ad_backend* open_library(const std::string& path, std::string& reason) {
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    const char* const error = dlerror();
    reason = error != nullptr ? error : "the library could not be opened";
    return nullptr;
  }
  const auto entry = reinterpret_cast<ad_backend_entry>(dlsym(library, AD_BACKEND_SYMBOL));
  if (entry == nullptr) {
    reason = path + " exports no " AD_BACKEND_SYMBOL ": it is not a backend";
    return nullptr;
  }
  const ad_backend* const backend = entry();
  if (backend == nullptr || backend->abi_version != AD_BACKEND_ABI_VERSION) {
    reason = path + " speaks version " + std::to_string(backend == nullptr ? 0 : backend->abi_version) +
             " of the backend ABI; expected " + std::to_string(AD_BACKEND_ABI_VERSION);
    return nullptr;
  }
  if (backend->struct_size != sizeof(ad_backend)) {
    reason = path + " has a backend table of " + std::to_string(backend->struct_size) + " bytes; expected " +
             std::to_string(sizeof(ad_backend));
    return nullptr;
  }
  return backend;
}

}  // namespace ad::dispatch
