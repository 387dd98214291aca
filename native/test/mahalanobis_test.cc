#include "kernels/mahalanobis/mahalanobis.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "gaussian_support.h"
#include "kernels/moments/moments.h"

using namespace ad;
using test::Exact;
using test::Moments;

namespace {

/// Cholesky's factor of a packed scatter / divisor + ridge I, in double precision, row by row.
std::vector<double> exact_factor(const std::vector<double>& scatter, std::size_t cols, double divisor,
                                 double ridge) {
  std::vector<double> lower(cols * cols);
  for (std::size_t i = 0; i < cols; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double value = scatter[triangle_column(cols, j) + i] / divisor + (i == j ? ridge : 0);
      for (std::size_t t = 0; t < j; ++t) value -= lower[i * cols + t] * lower[j * cols + t];
      lower[i * cols + j] = i == j ? std::sqrt(value) : value / lower[j * cols + j];
    }
  }
  return lower;
}

double exact_distance(const std::vector<double>& lower, const std::vector<double>& mean, const float* x) {
  const std::size_t cols = mean.size();
  std::vector<double> solved(cols);
  double square = 0;
  for (std::size_t i = 0; i < cols; ++i) {
    solved[i] = x[i] - mean[i];
    for (std::size_t t = 0; t < i; ++t) solved[i] -= lower[i * cols + t] * solved[t];
    solved[i] /= lower[i * cols + i];
    square += solved[i] * solved[i];
  }
  return std::sqrt(square);
}

/// Fits on `rows`, scores `queries`.
struct Scored {
  Status status;
  std::vector<float> factors, distances;
};

Scored score(const std::vector<float>& rows, const std::vector<float>& queries, std::size_t positions,
             std::size_t cols, double ridge, int threads) {
  const Run run = test::with_threads(threads);
  const std::size_t images = rows.size() / cols / positions;
  Moments moments(positions, cols);
  REQUIRE(add_moments({rows.data(), images * positions, cols}, positions, 0, moments.means(),
                      moments.scatters(), run)
              .ok());
  Scored out{factorise(moments.scatters(), cols, static_cast<double>(images) - 1, ridge, run), {}, {}};
  if (!out.status.ok()) return out;
  out.distances.resize(queries.size() / cols);
  const std::vector<float> mean(moments.mean.begin(), moments.mean.end());
  out.status =
      mahalanobis({queries.data(), out.distances.size(), cols}, {mean.data(), positions, cols},
                  {moments.scatter.data(), positions, triangle_size(cols)}, out.distances.data(), run);
  out.factors = moments.scatter;
  return out;
}

/// Largest relative error of the distances on any level; the same bits for every thread count are checked.
double distance_error(const std::vector<float>& rows, const std::vector<float>& queries,
                      std::size_t positions, std::size_t cols, double ridge) {
  double worst = 0;
  const double divisor = static_cast<double>(rows.size() / cols / positions) - 1;
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    const Scored reference = score(rows, queries, positions, cols, ridge, 1);
    REQUIRE(reference.status.ok());
    for (std::size_t p = 0; p < positions; ++p) {
      const Exact exact(rows, positions, p, cols);
      const std::vector<double> lower = exact_factor(exact.scatter, cols, divisor, ridge);
      for (std::size_t q = p; q < reference.distances.size(); q += positions) {
        const double expected = exact_distance(lower, exact.mean, queries.data() + q * cols);
        worst = std::max(worst, std::abs(reference.distances[q] - expected) / expected);
      }
    }
    for (int threads : {2, 7}) {
      const Scored found = score(rows, queries, positions, cols, ridge, threads);
      CHECK(found.factors == reference.factors);
      CHECK(found.distances == reference.distances);
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("distances agree with double precision on every level, the same bits for every thread count") {
  test::Random random(1);
  const auto check = [&](std::size_t positions, std::size_t images, std::size_t queries, std::size_t cols) {
    CAPTURE(positions);
    CAPTURE(images);
    CAPTURE(queries);
    CAPTURE(cols);
    const std::vector<float> rows = test::correlated(random, images * positions, cols);
    const std::vector<float> asked = test::correlated(random, queries * positions, cols);
    CHECK(distance_error(rows, asked, positions, cols, 0.01) < 2e-6);
  };
  for (std::size_t cols : test::kAwkward) {
    for (std::size_t positions : {1, 5, 17}) check(positions, 2 * cols + 2, 3, cols);
  }
  for (std::size_t queries = 1; queries < 10; ++queries) check(2, 9, queries, 19);
  check(1, 30, 35, 9);
  check(2, 209, 2, 100);
  // Where one level has a matrix alone in a register and another several.
  for (std::size_t cols : {124, 125, 178}) check(3, 30, 2, cols);
  check(1, 40, 9, 550);
}

TEST_CASE("the factor is L with the reciprocals of its diagonal") {
  // L = [[2, 0], [3, 4]].
  std::vector<float> scatter{4, 6, 25};
  REQUIRE(factorise({scatter.data(), 1, 3}, 2, 1, 0, {}).ok());
  CHECK(scatter == std::vector<float>{0.5f, 3, 0.25f});
}

TEST_CASE("a matrix that is refused stays as it was, and its neighbours are factored as ever") {
  const std::size_t cols = 5, size = triangle_size(cols);
  std::vector<float> unit(size);
  for (std::size_t j = 0; j < cols; ++j) unit[triangle_column(cols, j) + j] = 4;
  std::vector<float> factor = unit;
  for (float& x : factor) x = x > 0 ? 0.5f : 0.0f;
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    std::vector<float> scatter, expected;
    for (std::size_t p = 0; p < 11; ++p) {
      std::vector<float> own = unit;
      const bool bad = p % 4 == 2;
      if (bad) own[triangle_column(cols, 3) + 3] = 0;
      scatter.insert(scatter.end(), own.begin(), own.end());
      const std::vector<float>& after = bad ? own : factor;
      expected.insert(expected.end(), after.begin(), after.end());
    }
    const Status status = factorise({scatter.data(), 11, size}, cols, 1, 0, {});
    CHECK(status.message.find("position 2 is not positive definite: column 3 ") != std::string::npos);
    CHECK(scatter == expected);
  }
}

TEST_CASE("distances hold for ill-conditioned covariances, constant columns and few images") {
  test::Random random(2);
  const std::size_t cols = 33;
  std::vector<float> rows = test::correlated(random, 100, cols), queries = test::correlated(random, 9, cols);
  // Variances from 10^4 down to the ridge: condition 10^6.
  std::vector<float> steep = rows, steep_queries = queries;
  const auto stretch = [&](std::vector<float>& x) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] *= static_cast<float>(std::pow(10, 2 - 4 * static_cast<double>(i % cols) / (cols - 1)));
    }
  };
  stretch(steep);
  stretch(steep_queries);
  CHECK(distance_error(steep, steep_queries, 1, cols, 0.01) < 1e-5);
  // The same seen along turned axes, which no scaling of columns undoes.
  const auto turn = [&](std::vector<float>& x) {
    for (std::size_t r = 0; r < x.size() / cols; ++r) {
      float total = 0;
      for (std::size_t c = 0; c < cols; ++c) total += x[r * cols + c];
      for (std::size_t c = 0; c < cols; ++c) x[r * cols + c] -= 2 * total / static_cast<float>(cols);
    }
  };
  turn(steep);
  turn(steep_queries);
  CHECK(distance_error(steep, steep_queries, 1, cols, 0.01) < 1e-3);

  std::vector<float> constant = rows;
  for (std::size_t r = 0; r < 100; ++r) constant[r * cols] = constant[r * cols + 32] = 3;
  CHECK(distance_error(constant, queries, 1, cols, 0.01) < 1e-5);
  const std::vector<float> few(rows.begin(), rows.begin() + 5 * cols);
  CHECK(distance_error(few, queries, 1, cols, 0.01) < 1e-5);
}

TEST_CASE("a covariance that is not positive definite is refused, the first position named") {
  test::Random random(3);
  for (std::size_t cols : {2, 3, 8, 17, 33, 100}) {
    for (std::size_t images : {2, 9, 40}) {
      if (images > cols) continue;
      CAPTURE(cols);
      CAPTURE(images);
      const std::vector<float> rows = test::correlated(random, images * 5, cols);
      for (Level level : test::levels()) {
        ScopedLevel forced(level);
        for (int threads : {1, 2}) {
          const Scored found = score(rows, rows, 5, cols, 0, threads);
          CHECK(found.status.code == Code::invalid_argument);
          CHECK(found.status.message.find("The covariance of position 0 is not positive definite: column ") ==
                0);
        }
      }
    }
  }
  // Positions 2 and 3 are to blame; and one that NaN got into is never factorised.
  std::vector<float> scatter{1, 2, 0, 0, std::numeric_limits<float>::quiet_NaN()};
  const Status status = factorise({scatter.data(), 5, 1}, 1, 1, 0, test::with_threads(2));
  CHECK(status.code == Code::invalid_argument);
  CHECK(status.message.find("position 2 ") != std::string::npos);
  scatter = {1, 2, 3, 4, std::numeric_limits<float>::quiet_NaN()};
  CHECK(factorise({scatter.data(), 5, 1}, 1, 1, 0.01, {}).message.find("position 4 ") != std::string::npos);
}

TEST_CASE("distances refuse what is not finite; beyond fp32 they are infinite") {
  std::vector<float> rows(7 * 5 * 3), mean(5 * 3), factors(5 * 6, 1.0f), out(7 * 5);
  rows[23 * 3 + 2] = rows[31 * 3] = std::numeric_limits<float>::quiet_NaN();
  const auto run = [&](int threads) {
    return mahalanobis({rows.data(), 35, 3}, {mean.data(), 5, 3}, {factors.data(), 5, 6}, out.data(),
                       test::with_threads(threads));
  };
  for (int threads : {1, 2, 7}) {
    const Status status = run(threads);
    CHECK(status.code == Code::not_finite);
    CHECK(status.message == "features row 23 holds NaN in column 2; expected finite numbers.");
  }
  rows[23 * 3 + 2] = rows[31 * 3] = 3e38f;
  factors.assign(factors.size(), 10.0f);
  REQUIRE(run(1).ok());
  CHECK(out[0] == 0);
  CHECK(out[23] == std::numeric_limits<float>::infinity());
  CHECK(out[31] == std::numeric_limits<float>::infinity());
}

TEST_CASE("cancelled factors and distances say so") {
  std::atomic<bool> cancel{true};
  const Run run{1, &cancel, {}};
  float x = 1, out;
  CHECK(factorise({&x, 1, 1}, 1, 1, 0, run).code == Code::cancelled);
  CHECK(mahalanobis({&x, 1, 1}, {&x, 1, 1}, {&x, 1, 1}, &out, run).code == Code::cancelled);
}
