#include "kernels/moments/moments.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "gaussian_support.h"

using namespace ad;
using test::Exact;
using test::Moments;

namespace {

/// Adds the images in batches of these sizes, the last one over and over.
Moments added(const std::vector<float>& rows, std::size_t positions, std::size_t cols,
              const std::vector<std::size_t>& batches, int threads) {
  Moments out(positions, cols);
  const std::size_t images = rows.size() / cols / positions;
  for (std::size_t seen = 0, step = 0; seen < images; ++step) {
    const std::size_t count = std::min(batches[std::min(step, batches.size() - 1)], images - seen);
    const MatrixView<const float> batch{rows.data() + seen * positions * cols, count * positions, cols};
    REQUIRE(
        add_moments(batch, positions, seen, out.means(), out.scatters(), test::with_threads(threads)).ok());
    seen += count;
  }
  return out;
}

/// Largest error of the scatter of any position, relative to the standard deviations of its row and column.
double scatter_error(const Moments& found, const std::vector<float>& rows) {
  double worst = 0;
  for (std::size_t p = 0; p < found.positions; ++p) {
    const Exact exact(rows, found.positions, p, found.cols);
    const std::size_t size = triangle_size(found.cols);
    for (std::size_t j = 0; j < found.cols; ++j) {
      const std::size_t column = triangle_column(found.cols, j);
      for (std::size_t i = j; i < found.cols; ++i) {
        const double scale =
            std::sqrt(exact.scatter[triangle_column(found.cols, i) + i] * exact.scatter[column + j]);
        const double error = std::abs(found.scatter[p * size + column + i] - exact.scatter[column + i]);
        worst = std::max(worst, scale > 0 ? error / scale : error);
      }
    }
  }
  return worst;
}

double mean_error(const Moments& found, const std::vector<float>& rows) {
  double worst = 0;
  for (std::size_t p = 0; p < found.positions; ++p) {
    const Exact exact(rows, found.positions, p, found.cols);
    for (std::size_t c = 0; c < found.cols; ++c) {
      worst = std::max(worst, std::abs(found.mean[p * found.cols + c] - exact.mean[c]));
    }
  }
  return worst;
}

void check_same(const Moments& found, const Moments& expected) {
  CHECK(found.mean == expected.mean);
  CHECK(found.scatter == expected.scatter);
}

void check_shape(test::Random& random, std::size_t positions, std::size_t images, std::size_t cols) {
  CAPTURE(positions);
  CAPTURE(images);
  CAPTURE(cols);
  const std::vector<float> rows = test::correlated(random, images * positions, cols);
  for (const std::vector<std::size_t>& batches : {std::vector<std::size_t>{images}, {1}, {2, 3}}) {
    for (Level level : test::levels()) {
      ScopedLevel forced(level);
      const Moments reference = added(rows, positions, cols, batches, 1);
      CHECK(mean_error(reference, rows) < 1e-12);
      CHECK(scatter_error(reference, rows) < 2e-6);
      // 7 threads share the columns of a triangle where there are few positions.
      for (int threads : {2, 7}) check_same(added(rows, positions, cols, batches, threads), reference);
    }
  }
}

/// The definition in double precision.
double exact_shrinkage(const std::vector<float>& rows, std::size_t cols, std::vector<double>& covariance) {
  const Exact exact(rows, 1, 0, cols);
  const std::size_t count = rows.size() / cols;
  const double n = static_cast<double>(count), d = static_cast<double>(cols);
  covariance.resize(exact.scatter.size());
  std::transform(exact.scatter.begin(), exact.scatter.end(), covariance.begin(),
                 [&](double s) { return s / n; });
  const auto at = [&](std::size_t i, std::size_t j) {
    return covariance[triangle_column(cols, std::min(i, j)) + std::max(i, j)];
  };
  double variance = 0, spread = 0, error = 0;
  for (std::size_t i = 0; i < cols; ++i) variance += at(i, i) / d;
  for (std::size_t i = 0; i < cols; ++i) {
    for (std::size_t j = 0; j < cols; ++j) {
      spread += std::pow(at(i, j) - (i == j ? variance : 0), 2);
      for (std::size_t r = 0; r < count; ++r) {
        const double x = rows[r * cols + i] - exact.mean[i], y = rows[r * cols + j] - exact.mean[j];
        error += std::pow(x * y - at(i, j), 2) / n / n;
      }
    }
  }
  const double shrinkage = spread > 0 ? std::min(error, spread) / spread : 0;
  for (std::size_t j = 0; j < cols; ++j) {
    for (std::size_t i = j; i < cols; ++i) {
      double& value = covariance[triangle_column(cols, j) + i];
      value = (1 - shrinkage) * value + (i == j ? shrinkage * variance : 0);
    }
  }
  return shrinkage;
}

}  // namespace

TEST_CASE("moments agree with double precision on every level, the same bits for every thread count") {
  test::Random random(1);
  for (std::size_t cols : test::kAwkward) {
    for (std::size_t positions : {1, 5, 17}) {
      for (std::size_t images : {1, 2, 9}) check_shape(random, positions, images, cols);
    }
  }
  for (std::size_t images = 3; images < 9; ++images) check_shape(random, 2, images, 19);
  // Each way in which the last rows can fill a register.
  for (std::size_t cols = 16; cols <= 48; ++cols) check_shape(random, 2, 3, cols);
  check_shape(random, 3, 5, 100);
  check_shape(random, 1, 4, 550);
}

TEST_CASE("more images than one batch of the kernel") {
  test::Random random(2);
  check_shape(random, 2, 600, 9);
}

TEST_CASE("moments far from zero keep their scatter, in one batch and in many") {
  test::Random random(3);
  const std::vector<float> rows = test::correlated(random, 3 * 60, 17, 1e4);
  for (std::size_t batch : {1, 7, 60}) {
    const Moments found = added(rows, 3, 17, {batch}, 2);
    CHECK(mean_error(found, rows) < 1e-10);
    CHECK(scatter_error(found, rows) < 2e-6);
  }
}

TEST_CASE("merged moments are those of all images") {
  test::Random random(4);
  const std::size_t positions = 5, cols = 17;
  const std::vector<float> rows = test::correlated(random, 9 * positions, cols);
  const auto split = rows.begin() + 4 * positions * cols;
  Moments first = added({rows.begin(), split}, positions, cols, {4}, 1);
  Moments second = added({split, rows.end()}, positions, cols, {5}, 1);
  const auto merge = [&](Moments into, std::size_t seen, int threads) {
    REQUIRE(merge_moments(into.means(), into.scatters(), seen, {second.mean.data(), positions, cols},
                          {second.scatter.data(), positions, triangle_size(cols)}, 5,
                          test::with_threads(threads))
                .ok());
    return into;
  };
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    const Moments merged = merge(first, 4, 1);
    CHECK(mean_error(merged, rows) < 1e-12);
    CHECK(scatter_error(merged, rows) < 1e-6);
    check_same(merge(first, 4, 2), merged);
  }
  check_same(merge(Moments(positions, cols), 0, 2), second);
}

TEST_CASE("moments refuse what is not finite, naming the first row") {
  test::Random random(5);
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    for (int threads : {1, 2, 7}) {
      std::vector<float> rows = random.floats(4 * 5 * 3);
      rows[13 * 3 + 1] = rows[17 * 3] = bad;
      Moments out(5, 3);
      const Status status =
          add_moments({rows.data(), 20, 3}, 5, 0, out.means(), out.scatters(), test::with_threads(threads));
      CHECK(status.code == Code::not_finite);
      CHECK(status.message.find("features row 13 holds") == 0);
    }
  }
}

TEST_CASE("cancelled moments say so") {
  std::atomic<bool> cancel{true};
  const float x = 1;
  for (int threads : {1, 2}) {
    Moments out(1, 1);
    const Run run{threads, &cancel, {}};
    CHECK(add_moments({&x, 1, 1}, 1, 0, out.means(), out.scatters(), run).code == Code::cancelled);
  }
}

TEST_CASE("ledoit_wolf agrees with its definition in double precision") {
  test::Random random(6);
  for (std::size_t cols : {1, 3, 8, 17, 33}) {
    for (std::size_t count : {2, 5, 40, 300}) {
      for (double offset : {0.0, 1e3}) {
        CAPTURE(cols);
        CAPTURE(count);
        std::vector<float> rows = test::correlated(random, count, cols, offset);
        if (cols > 3) {
          for (std::size_t r = 0; r < count; ++r) rows[r * cols + 2] = 5;
        }
        std::vector<double> exact;
        const double exact_share = exact_shrinkage(rows, cols, exact);
        const double scale = *std::max_element(exact.begin(), exact.end());
        for (Level level : test::levels()) {
          ScopedLevel forced(level);
          std::vector<float> reference;
          for (int threads : {1, 2}) {
            std::vector<double> mean(cols);
            std::vector<float> covariance(triangle_size(cols));
            double shrinkage;
            REQUIRE(ledoit_wolf({rows.data(), count, cols}, mean.data(), covariance.data(), shrinkage,
                                test::with_threads(threads))
                        .ok());
            CHECK(std::abs(shrinkage - exact_share) < 1e-6);
            for (std::size_t i = 0; i < exact.size(); ++i)
              CHECK(std::abs(covariance[i] - exact[i]) < 2e-6 * scale);
            if (reference.empty()) reference = covariance;
            CHECK(covariance == reference);
          }
        }
      }
    }
  }
}

TEST_CASE("ledoit_wolf refuses a single row, and makes constant rows a covariance of zeros") {
  std::vector<float> rows(6, 2.5f), covariance(6);
  std::vector<double> mean(3);
  double shrinkage;
  CHECK(ledoit_wolf({rows.data(), 1, 3}, mean.data(), covariance.data(), shrinkage, {}).code ==
        Code::invalid_argument);
  REQUIRE(ledoit_wolf({rows.data(), 2, 3}, mean.data(), covariance.data(), shrinkage, {}).ok());
  CHECK(shrinkage == 0);
  CHECK(covariance == std::vector<float>(6, 0.0f));
}
