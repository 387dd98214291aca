#include "kernels/projection/projection.h"

#include "backend.h"
#include "kernels/projection/matrix.h"

using namespace ad;
using test::backend;

TEST_CASE("device projection: the CPU's bits") {
  test::Random random(7);
  const struct {
    std::size_t rows, cols, components;
    double density;
  } sizes[] = {{1, 1, 1, 1}, {9, 33, 7, 0.5}, {70, 100, 130, 0.1}, {3, 13000, 5, 0.01}};
  for (const auto& size : sizes) {
    CAPTURE(size.cols);
    const auto points = random.floats(size.rows * size.cols);
    std::vector<float> expected(size.rows * size.components), got(expected.size());
    REQUIRE(sparse_projection({points.data(), size.rows, size.cols}, size.density, 5,
                              {expected.data(), size.rows, size.components}, test::with_threads(1))
                .ok());
    const SignedColumns matrix = draw_signed_columns(size.components, size.cols, size.density, 5);
    const ad_projection work{points.data(),
                             size.rows,
                             size.cols,
                             size.components,
                             matrix.offsets.data(),
                             matrix.columns.data(),
                             projection_scale(size.components, size.density),
                             got.data()};
    test::require_ok(backend().projection(&work, nullptr));
    CHECK(test::first_difference(got, expected) == "");
  }
}

TEST_CASE("device projection: chunks follow one another in two lanes") {
  // 8 MiB make a chunk: 40 rows of 60,000 columns are two.
  test::Random random(8);
  const std::size_t rows = 40, cols = 60000;
  const auto points = random.floats(rows * cols);
  const SignedColumns matrix = draw_signed_columns(2, cols, 0.001, 1);
  std::vector<float> expected(rows * 2), got(rows * 2);
  REQUIRE(sparse_projection({points.data(), rows, cols}, 0.001, 1, {expected.data(), rows, 2},
                            test::with_threads(1))
              .ok());
  const ad_projection work{
      points.data(), rows, cols, 2, matrix.offsets.data(), matrix.columns.data(), projection_scale(2, 0.001),
      got.data()};
  test::require_ok(backend().projection(&work, nullptr));
  CHECK(test::first_difference(got, expected) == "");
}
