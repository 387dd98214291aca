#include "cpu/level.h"

#include <atomic>
#include <cstdlib>

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace ad {
namespace {

constexpr Level kLevels[] = {Level::scalar, Level::neon,   Level::neondot,
                             Level::avx2,   Level::avx512, Level::avx512vnni};

struct Choice {
  Level level;
  std::string error;
};

Choice choose() {
  const Level best = detected_level();
  const char* wanted = std::getenv("AD_SIMD_LEVEL");
  if (wanted == nullptr || *wanted == '\0') return {best, {}};
  std::string usable;
  for (Level level : supported_levels()) {
    if (std::string(wanted) == level_name(level)) return {level, {}};
    usable += (usable.empty() ? "" : ", ") + std::string(level_name(level));
  }
  return {best, "AD_SIMD_LEVEL is '" + std::string(wanted) + "', but this CPU can run: " + usable};
}

const Choice& choice() {
  static const Choice chosen = choose();
  return chosen;
}

// -1: nothing forced.
std::atomic<int> forced{-1};

bool is_arm(Level level) {
  return level == Level::neon || level == Level::neondot;
}

}  // namespace

const char* level_name(Level level) {
  switch (level) {
    case Level::scalar:
      return "scalar";
    case Level::neon:
      return "neon";
    case Level::neondot:
      return "neondot";
    case Level::avx2:
      return "avx2";
    case Level::avx512:
      return "avx512";
    case Level::avx512vnni:
      return "avx512vnni";
  }
  return "scalar";
}

Level detected_level() {
#if defined(__aarch64__) && defined(__linux__)
  return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0 ? Level::neondot : Level::neon;
#elif defined(__aarch64__) && defined(__APPLE__)
  return Level::neondot;
#elif defined(__aarch64__)
  return Level::neon;
#elif defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return Level::scalar;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl")) {
    return Level::avx2;
  }
  return __builtin_cpu_supports("avx512vnni") ? Level::avx512vnni : Level::avx512;
#else
  return Level::scalar;
#endif
}

bool level_supported(Level level) {
  if (level == Level::scalar) return true;
  const Level best = detected_level();
  if (is_arm(level) != is_arm(best)) return false;
  return static_cast<int>(level) <= static_cast<int>(best);
}

std::vector<Level> supported_levels() {
  std::vector<Level> out;
  for (Level level : kLevels) {
    if (level_supported(level)) out.push_back(level);
  }
  return out;
}

Level active_level() {
  const int level = forced.load(std::memory_order_relaxed);
  return level < 0 ? choice().level : static_cast<Level>(level);
}

const std::string& level_error() {
  return choice().error;
}

ScopedLevel::ScopedLevel(Level level) : previous_(active_level()) {
  forced = static_cast<int>(level);
}

ScopedLevel::~ScopedLevel() {
  forced = static_cast<int>(previous_);
}

}  // namespace ad
