#include "kernels/distance/distance.h"

#include <doctest/doctest.h>

#include <cmath>

#include "support.h"

using namespace ad;

TEST_CASE("the canonical distance has the same bits on every level, and agrees with double precision") {
  test::Random random(2);
  std::vector<std::size_t> sizes(std::begin(test::kAwkward), std::end(test::kAwkward));
  sizes.insert(sizes.end(), {0, 2, 63, 65, 384, 1000, 1536});
  for (std::size_t n : sizes) {
    for (double offset : {0.0, 1e4}) {
      const auto a = random.floats(n, offset - 1, offset + 1), b = random.floats(n, offset - 1, offset + 1);
      double exact = 0;
      for (std::size_t i = 0; i < n; ++i) exact += std::pow(double(a[i]) - double(b[i]), 2);
      float reference;
      {
        ScopedLevel scalar(Level::scalar);
        reference = squared_distance(a.data(), b.data(), n);
      }
      // Two roundings a product, n / 32 + 5 additions in a row.
      CHECK(std::abs(reference - exact) <= exact * 6e-8 * (n / 32.0 + 8));
      for (Level level : test::levels()) {
        ScopedLevel forced(level);
        CHECK(squared_distance(a.data(), b.data(), n) == reference);
      }
    }
  }
}
