#include "kernels/mahalanobis/mahalanobis.h"

#include <cmath>

#include "backend.h"
#include "kernels/moments/triangle.h"

using namespace ad;
using test::backend;

namespace {

/// Packed factors with a diagonal well away from zero.
std::vector<float> factors_of(test::Random& random, std::size_t positions, std::size_t cols) {
  std::vector<float> out;
  for (std::size_t p = 0; p < positions; ++p) {
    for (std::size_t j = 0; j < cols; ++j) {
      out.push_back(random.between(0.5, 2));
      for (std::size_t i = j + 1; i < cols; ++i) out.push_back(random.between(-0.3, 0.3));
    }
  }
  return out;
}

void compare(std::size_t images, std::size_t positions, std::size_t cols) {
  test::Random random(images * 100 + cols);
  const auto rows = random.floats(images * positions * cols), mean = random.floats(positions * cols);
  const auto factors = factors_of(random, positions, cols);
  std::vector<float> expected(images * positions), got(expected.size());
  REQUIRE(mahalanobis({rows.data(), images * positions, cols}, {mean.data(), positions, cols},
                      {factors.data(), positions, triangle_size(cols)}, expected.data(),
                      test::with_threads(1))
              .ok());
  const ad_mahalanobis work{rows.data(), images, positions, cols, mean.data(), factors.data(), got.data()};
  test::require_ok(backend().mahalanobis(&work, nullptr));
  CAPTURE(cols);
  CHECK(test::first_difference(got, expected) == "");
}

}  // namespace

TEST_CASE("device mahalanobis: the CPU's bits") {
  compare(1, 1, 1);
  compare(1, 5, 3);
  compare(8, 3, 33);
  compare(9, 4, 16);
  compare(3, 1, 130);
}

TEST_CASE("device mahalanobis: a distance beyond fp32 is infinite") {
  const float row = 3e38f, mean = -3e38f, factor = 1;
  float got = 0;
  const ad_mahalanobis work{&row, 1, 1, 1, &mean, &factor, &got};
  test::require_ok(backend().mahalanobis(&work, nullptr));
  CHECK(std::isinf(got));
}
