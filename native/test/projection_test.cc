#include "kernels/projection/projection.h"

#include <doctest/doctest.h>

#include <cmath>

#include "support.h"

using namespace ad;

namespace {

/// Entry (component, column) as the room's README defines it.
double entry(std::uint64_t seed, std::size_t j, std::size_t i, std::size_t components, std::size_t cols,
             double density) {
  test::Random draws(seed + (j * cols + i) * 0x9e3779b97f4a7c15u);
  const double u = draws.unit();
  const double size = std::sqrt(1 / density / static_cast<double>(components));
  return u < density / 2 ? size : u < density ? -size : 0;
}

}  // namespace

TEST_CASE("the projection is the product with the matrix of its definition, the same bits everywhere") {
  test::Random random(10);
  for (std::size_t rows : test::kAwkward) {
    for (std::size_t cols : {1u, 9u, 33u}) {
      const std::size_t components = 17;
      const double density = cols == 9 ? 1.0 : 0.3;
      const std::vector<float> data = random.floats(rows * cols);
      std::vector<float> reference(rows * components), out(rows * components);
      const MatrixView<const float> points{data.data(), rows, cols};
      ScopedLevel scalar(Level::scalar);
      REQUIRE(
          sparse_projection(points, density, 42, {reference.data(), rows, components}, test::with_threads(1))
              .ok());
      for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t j = 0; j < components; ++j) {
          double exact = 0;
          for (std::size_t i = 0; i < cols; ++i)
            exact += entry(42, j, i, components, cols, density) * data[r * cols + i];
          CHECK(std::abs(reference[r * components + j] - exact) < 1e-6);
        }
      }
      for (Level level : test::levels()) {
        ScopedLevel forced(level);
        for (int threads : {1, 2, 7}) {
          REQUIRE(sparse_projection(points, density, 42, {out.data(), rows, components},
                                    test::with_threads(threads))
                      .ok());
          CHECK(out == reference);
        }
      }
    }
  }
}

TEST_CASE("distances are kept: the point of it all") {
  test::Random random(11);
  const std::size_t rows = 100, cols = 500, components = 200;
  const std::vector<float> data = random.floats(rows * cols);
  std::vector<float> out(rows * components);
  REQUIRE(sparse_projection({data.data(), rows, cols}, 1 / std::sqrt(500.0), 1,
                            {out.data(), rows, components}, test::with_threads(2))
              .ok());
  const auto distance = [](const std::vector<float>& x, std::size_t n, std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += std::pow(x[a * n + i] - x[b * n + i], 2);
    return std::sqrt(sum);
  };
  double mean = 0;
  for (std::size_t a = 1; a < rows; ++a)
    mean += distance(out, components, a - 1, a) / distance(data, cols, a - 1, a);
  CHECK(mean / (rows - 1) == doctest::Approx(1).epsilon(0.05));
}
