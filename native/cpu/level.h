#pragma once

#include <string>
#include <vector>

namespace ad {

/// Instruction sets that kernels are written for, weakest first within a processor family.
enum class Level { scalar, neon, neondot, avx2, avx512, avx512vnni };

const char* level_name(Level level);

/// The best level of this CPU (and of its operating system), never influenced by the environment.
Level detected_level();

/// The level that kernels use: the detected one, or what AD_SIMD_LEVEL asks for.
Level active_level();

/// Empty, or why AD_SIMD_LEVEL cannot be honoured (unknown name, or this CPU lacks it). Nothing may run then.
const std::string& level_error();

/// True where code of this level can run here.
bool level_supported(Level level);

/// Every level that can run here, weakest first.
std::vector<Level> supported_levels();

/// Forces a level while in scope; for tests, which walk through all of them. Not for concurrent use.
class ScopedLevel {
 public:
  explicit ScopedLevel(Level level);
  ~ScopedLevel();
  ScopedLevel(const ScopedLevel&) = delete;
  ScopedLevel& operator=(const ScopedLevel&) = delete;

 private:
  Level previous_;
};

// A level's table where this build has the level, else nothing: for the initialisers of LevelTable.
#ifdef AD_HAVE_NEON
#define AD_IF_NEON(table) table
#else
#define AD_IF_NEON(table) nullptr
#endif
#ifdef AD_HAVE_NEONDOT
#define AD_IF_NEONDOT(table) table
#else
#define AD_IF_NEONDOT(table) nullptr
#endif
#ifdef AD_HAVE_AVX2
#define AD_IF_AVX2(table) table
#define AD_IF_AVX512(table) table
#define AD_IF_AVX512VNNI(table) table
#else
#define AD_IF_AVX2(table) nullptr
#define AD_IF_AVX512(table) nullptr
#define AD_IF_AVX512VNNI(table) nullptr
#endif

/// One room's implementations. A room fills what it has; a level it lacks falls to the next weaker one.
/// `T` is a struct of function pointers, one instance per level file.
template <class T>
struct LevelTable {
  const T* scalar;
  const T* neon = nullptr;
  const T* avx2 = nullptr;
  const T* avx512 = nullptr;
  // What few rooms have comes last: the others leave it out.
  const T* avx512vnni = nullptr;
  const T* neondot = nullptr;

  const T& pick() const {
    switch (active_level()) {
      case Level::avx512vnni:
        if (avx512vnni) return *avx512vnni;
        [[fallthrough]];
      case Level::avx512:
        if (avx512) return *avx512;
        [[fallthrough]];
      case Level::avx2:
        if (avx2) return *avx2;
        return *scalar;
      case Level::neondot:
        if (neondot) return *neondot;
        [[fallthrough]];
      case Level::neon:
        if (neon) return *neon;
        return *scalar;
      case Level::scalar:
        return *scalar;
    }
    return *scalar;
  }
};

}  // namespace ad
