#include "settings.h"

#include <algorithm>
#include <cstdlib>

namespace simt {
namespace {

unsigned long long number(const char* name, unsigned long long otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr && *text != '\0' ? std::strtoull(text, nullptr, 10) : otherwise;
}

}  // namespace

Settings settings() {
  return {std::max(1u, static_cast<unsigned>(number("SIMT_WORKERS", 1))),
          static_cast<unsigned>(number("SIMT_SEED", 0)),
          static_cast<unsigned char>(number("SIMT_POISON", 255))};
}

std::size_t device_bytes() {
  return number("SIMT_MEMORY", std::size_t{1} << 30);
}

}  // namespace simt
