#include "cpu/level.h"

#include <doctest/doctest.h>

#include "support.h"

using namespace ad;

namespace {
struct Named {
  const char* name;
};
constexpr Named kScalar{"scalar"}, kNeon{"neon"}, kAvx2{"avx2"}, kAvx512{"avx512"};
}  // namespace

TEST_CASE("a level that a room lacks falls to the next weaker one") {
  const LevelTable<Named> table{&kScalar, &kNeon, &kAvx2, &kAvx512}, bare{&kScalar};
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    const std::string expected = level == Level::avx512vnni ? "avx512"
                                 : level == Level::neondot  ? "neon"
                                                            : level_name(level);
    CHECK(table.pick().name == expected);
    CHECK(bare.pick().name == std::string("scalar"));
  }
}

TEST_CASE("the scalar level runs anywhere, and the detected level is supported") {
  CHECK(level_supported(Level::scalar));
  CHECK(level_supported(detected_level()));
}
