#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "gaussian_support.h"
#include "kernels/mahalanobis/mahalanobis.h"
#include "kernels/moments/moments.h"

using namespace ad;
using test::Moments;

namespace {

/// Moments of all rows, in two calls and a merge.
Moments fitted(const std::vector<float>& rows, std::size_t positions, std::size_t cols, std::size_t rank,
               const Run& run) {
  const std::size_t images = rows.size() / cols / positions, split = images / 3, middle = images / 2;
  const auto part = [&](std::size_t first, std::size_t end) {
    return MatrixView<const float>{rows.data() + first * positions * cols, (end - first) * positions, cols};
  };
  Moments out(positions, cols, rank), other(positions, cols, rank);
  REQUIRE(add_moments(part(0, split), positions, 0, out.means(), out.scatters(), run).ok());
  REQUIRE(add_moments(part(split, middle), positions, split, out.means(), out.scatters(), run).ok());
  REQUIRE(add_moments(part(middle, images), positions, 0, other.means(), other.scatters(), run).ok());
  REQUIRE(merge_moments(out.means(), out.scatters(), middle, {other.mean.data(), positions, cols},
                        {other.scatter.data(), positions, other.scatter.size() / positions}, images - middle,
                        run)
              .ok());
  return out;
}

/// The squared distance by definition, in double precision: the Gaussian of the first `rank` columns, and
/// each other column's given these.
double exact_square(const std::vector<double>& scatter, const std::vector<double>& mean, std::size_t rank,
                    double divisor, double ridge, const float* x) {
  const std::size_t cols = mean.size();
  std::vector<double> lower(cols * cols), solved(cols);
  double square = 0;
  for (std::size_t i = 0; i < cols; ++i) {
    double rest = x[i] - mean[i], variance = scatter[triangle_column(cols, i) + i] / divisor + ridge;
    for (std::size_t j = 0; j < std::min(i, rank); ++j) {
      double value = scatter[triangle_column(cols, j) + i] / divisor;
      for (std::size_t t = 0; t < j; ++t) value -= lower[i * cols + t] * lower[j * cols + t];
      lower[i * cols + j] = value / lower[j * cols + j];
      rest -= lower[i * cols + j] * solved[j];
      variance -= lower[i * cols + j] * lower[i * cols + j];
    }
    lower[i * cols + i] = std::sqrt(variance);
    solved[i] = rest / lower[i * cols + i];
    square += solved[i] * solved[i];
  }
  return square;
}

}  // namespace

TEST_CASE("packed matrices of low rank know how many columns they keep") {
  for (std::size_t cols = 1; cols < 12; ++cols) {
    CHECK(triangle_size(cols, cols) == triangle_size(cols));
    CHECK(triangle_size(cols, 0) == cols);
    CHECK(kept_columns(cols, triangle_size(cols)) == cols);
    for (std::size_t rank = 0; rank + 1 < cols; ++rank) {
      CHECK(kept_columns(cols, triangle_size(cols, rank)) == rank);
    }
  }
}

TEST_CASE("Gaussians of low rank agree with their definition, the same bits for every thread count") {
  test::Random random(11);
  const double ridge = 0.01;
  for (std::size_t cols : {1, 3, 8, 17, 33, 100}) {
    for (std::size_t rank : {0, 1, 4, 7, 16, 31, 99, 100}) {
      if (rank > cols) continue;
      for (std::size_t positions : {1, 5}) {
        CAPTURE(cols);
        CAPTURE(rank);
        CAPTURE(positions);
        const std::size_t images = 40, queries = 3;
        const std::vector<float> rows = test::correlated(random, images * positions, cols);
        const std::vector<float> asked = test::correlated(random, queries * positions, cols);
        for (Level level : test::levels()) {
          ScopedLevel forced(level);
          std::vector<float> reference;
          for (int threads : {1, 2, 7}) {
            const Run run = test::with_threads(threads);
            Moments moments = fitted(rows, positions, cols, rank, run);
            REQUIRE(factorise(moments.scatters(), cols, images - 1, ridge, run).ok());
            const std::vector<float> mean(moments.mean.begin(), moments.mean.end());
            std::vector<float> out(queries * positions);
            REQUIRE(mahalanobis({asked.data(), out.size(), cols}, {mean.data(), positions, cols},
                                {moments.scatter.data(), positions, moments.scatter.size() / positions},
                                out.data(), run)
                        .ok());
            if (reference.empty()) reference = out;
            CHECK(out == reference);
          }
          for (std::size_t p = 0; p < positions; ++p) {
            const test::Exact exact(rows, positions, p, cols);
            for (std::size_t q = p; q < reference.size(); q += positions) {
              const double expected = std::sqrt(
                  exact_square(exact.scatter, exact.mean, rank, images - 1, ridge, asked.data() + q * cols));
              CHECK(std::abs(reference[q] - expected) < 2e-6 * expected);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("a low rank whose columns depend on each other is refused as it is") {
  // Columns 0 and 1 are equal; then column 3 is constant.
  std::vector<float> scatter{2, 2, 1, 0, 2, 1, 0, 3, 0};
  const std::vector<float> before = scatter;
  REQUIRE(scatter.size() == triangle_size(4, 2));
  CHECK(factorise({scatter.data(), 1, 9}, 4, 1, 0, {}).message.find("column 1 ") != std::string::npos);
  CHECK(scatter == before);
  scatter = {2, 1, 1, 0, 2, 1, 0, 3, 0};
  CHECK(factorise({scatter.data(), 1, 9}, 4, 1, 0, {}).message.find("column 3 ") != std::string::npos);
  CHECK(factorise({scatter.data(), 1, 9}, 4, 1, 0.5, {}).ok());
}
