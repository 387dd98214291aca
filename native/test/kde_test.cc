#include "kernels/kde/kde.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "support.h"

using namespace ad;

namespace {

/// A density and the memory it lies in.
struct Fitted {
  std::vector<double> mean, whitener;
  std::vector<float> points;
  GaussianKde<double, float> kde;

  GaussianKde<const double, const float> view() const {
    return {mean.data(), whitener.data(), {points.data(), kde.points.rows, kde.points.cols}, kde.log_norm};
  }
};

Status fit(const std::vector<float>& x, std::size_t n, std::size_t d, double bandwidth, Fitted& out,
           int threads) {
  out.mean.assign(d, -1);
  out.whitener.assign(d * d, -1);
  out.points.assign(n * d, -1);
  out.kde = {out.mean.data(), out.whitener.data(), {out.points.data(), n, d}, 0};
  return fit_kde({x.data(), n, d}, bandwidth, out.kde, test::with_threads(threads));
}

std::vector<double> log_density(const std::vector<float>& x, std::size_t d, const Fitted& fitted,
                                int threads) {
  std::vector<double> out(x.size() / d, -1);
  REQUIRE(kde_log_density({x.data(), out.size(), d}, fitted.view(), out.data(), test::with_threads(threads))
              .ok());
  return out;
}

/// The definition in extended precision: solves with the covariance itself, by elimination, and whitens
/// nothing.
std::vector<long double> oracle(const std::vector<float>& x, std::size_t n, std::size_t d, double h,
                                const std::vector<float>& queries) {
  std::vector<long double> mean(d), s(d * d);
  for (std::size_t i = 0; i < n * d; ++i) mean[i % d] += static_cast<long double>(x[i]) / n;
  for (std::size_t r = 0; r < n; ++r) {
    for (std::size_t i = 0; i < d * d; ++i) {
      s[i] += (x[r * d + i / d] - mean[i / d]) * (x[r * d + i % d] - mean[i % d]) / (n - 1) * h * h;
    }
  }
  // Gauss-Jordan: s becomes its inverse.
  long double log_determinant = 0;
  for (std::size_t p = 0; p < d; ++p) {
    const long double pivot = s[p * d + p];
    log_determinant += std::log(pivot);
    s[p * d + p] = 1;
    for (std::size_t c = 0; c < d; ++c) s[p * d + c] /= pivot;
    for (std::size_t r = 0; r < d; ++r) {
      if (r == p) continue;
      const long double factor = s[r * d + p];
      s[r * d + p] = 0;
      for (std::size_t c = 0; c < d; ++c) s[r * d + c] -= factor * s[p * d + c];
    }
  }
  std::vector<long double> out;
  for (std::size_t q = 0; q < queries.size() / d; ++q) {
    std::vector<long double> energies;
    for (std::size_t r = 0; r < n; ++r) {
      long double energy = 0;
      for (std::size_t i = 0; i < d * d; ++i) {
        energy += s[i] * (static_cast<long double>(queries[q * d + i / d]) - x[r * d + i / d]) *
                  (static_cast<long double>(queries[q * d + i % d]) - x[r * d + i % d]);
      }
      energies.push_back(energy / 2);
    }
    const long double least = *std::min_element(energies.begin(), energies.end());
    long double sum = 0;
    for (long double energy : energies) sum += std::exp(least - energy);
    out.push_back(std::log(sum / n) - least - (log_determinant + d * std::log(2 * std::acos(-1.0L))) / 2);
  }
  return out;
}

}  // namespace

TEST_CASE(
    "log densities agree with extended precision, with the same bits for every thread count and level") {
  test::Random random(50);
  for (std::size_t n : test::kAwkward) {
    for (std::size_t d : test::kAwkward) {
      if (n < d + 2) continue;
      for (double offset : {0.0, 1e4}) {
        const std::vector<float> x = random.floats(n * d, offset - 1, offset + 1);
        std::vector<float> queries = random.floats(9 * d, offset - 2, offset + 2);
        queries.insert(queries.end(), x.begin(), x.begin() + static_cast<std::ptrdiff_t>(d));
        for (double bandwidth : {0.0, 0.1, 2.0}) {
          const double h = bandwidth > 0
                               ? bandwidth
                               : std::pow(static_cast<double>(n), -1.0 / (static_cast<double>(d) + 4));
          Fitted fitted;
          REQUIRE(fit(x, n, d, bandwidth, fitted, 1).ok());
          const std::vector<double> found = log_density(queries, d, fitted, 1);
          const std::vector<long double> exact = oracle(x, n, d, h, queries);
          for (std::size_t q = 0; q < found.size(); ++q) {
            CHECK(std::abs(found[q] - static_cast<double>(exact[q])) <
                  1e-5 * std::max(1.0, std::abs(static_cast<double>(exact[q]))));
          }
          for (Level level : test::levels()) {
            ScopedLevel forced(level);
            Fitted again;
            REQUIRE(fit(x, n, d, bandwidth, again, 2).ok());
            CHECK((again.points == fitted.points && again.kde.log_norm == fitted.kde.log_norm));
            CHECK(log_density(queries, d, again, 2) == found);
          }
        }
      }
    }
  }
}

TEST_CASE("a density is finite wherever one looks") {
  test::Random random(51);
  const std::vector<float> x = random.floats(33 * 4);
  Fitted fitted;
  REQUIRE(fit(x, 33, 4, 0, fitted, 1).ok());
  double before = 0;
  for (float far : {1e1f, 1e3f, 1e6f, 1e20f, std::numeric_limits<float>::max()}) {
    const std::vector<double> found = log_density(std::vector<float>(4, far), 4, fitted, 1);
    CHECK(std::isfinite(found[0]));
    CHECK(found[0] < before);
    before = found[0];
  }
  // A million standard deviations out, one point is as good as any other: half the squared distance to it.
  const std::vector<float> out(4, 1e6f);
  const double exact = static_cast<double>(oracle(x, 33, 4, std::pow(33.0, -1.0 / 8), out)[0]);
  CHECK(log_density(out, 4, fitted, 1)[0] == doctest::Approx(exact).epsilon(1e-6));
}

TEST_CASE("what one row has, two equal rows have twice") {
  test::Random random(52);
  std::vector<float> x = random.floats(20 * 3);
  std::vector<float> twice = x;
  twice.insert(twice.end(), x.begin(), x.end());
  Fitted fitted;
  REQUIRE(fit(twice, 40, 3, 0.5, fitted, 2).ok());
  const std::vector<double> found = log_density(x, 3, fitted, 2);
  const std::vector<long double> exact = oracle(twice, 40, 3, 0.5, x);
  for (std::size_t q = 0; q < 20; ++q) CHECK(std::abs(found[q] - static_cast<double>(exact[q])) < 1e-5);
}

TEST_CASE("a singular covariance is refused with its rank") {
  test::Random random(53);
  Fitted fitted;
  std::vector<float> x = random.floats(20 * 5);
  for (std::size_t r = 0; r < 20; ++r) x[r * 5 + 2] = 0.1f;
  CHECK(fit(x, 20, 5, 0, fitted, 1).message ==
        "The covariance of 20 rows of 5 columns has rank 4; a density needs rank 5: a column is constant, or "
        "depends on others.");
  for (std::size_t r = 0; r < 20; ++r) x[r * 5 + 4] = x[r * 5] - 2 * x[r * 5 + 1];
  const Status dependent = fit(x, 20, 5, 0, fitted, 1);
  CHECK(dependent.code == Code::invalid_argument);
  x = random.floats(5 * 5);
  CHECK(fit(x, 5, 5, 0, fitted, 1).message ==
        "The covariance of 5 rows of 5 columns has rank 4; a density needs rank 5, so at least 6 rows.");
  CHECK(fit(x, 1, 5, 0, fitted, 1).message ==
        "The covariance of 1 rows of 5 columns has rank 0; a density needs rank 5, so at least 6 rows.");
}

TEST_CASE("numbers that are none are refused, and a cancelled density says so") {
  test::Random random(54);
  std::vector<float> x = random.floats(20 * 3);
  Fitted fitted;
  REQUIRE(fit(x, 20, 3, 0, fitted, 1).ok());
  std::vector<double> out(20);
  std::atomic<bool> cancel{true};
  const Run cancelled{1, &cancel, {}};
  CHECK(kde_log_density({x.data(), 20, 3}, fitted.view(), out.data(), cancelled).code == Code::cancelled);
  CHECK(fit_kde({x.data(), 20, 3}, 0, fitted.kde, cancelled).code == Code::cancelled);
  x[31] = std::numeric_limits<float>::infinity();
  const Status status = kde_log_density({x.data(), 20, 3}, fitted.view(), out.data(), test::with_threads(2));
  CHECK(status.code == Code::not_finite);
  CHECK(status.message.find("row 10 holds an infinity in column 1") != std::string::npos);
  CHECK(fit(x, 20, 3, 0, fitted, 2).code == Code::not_finite);
}
