#include <doctest/doctest.h>

#include <cmath>

#include "kernels/linear/columns.h"
#include "kernels/pca/randomised.h"
#include "support.h"

using namespace ad;

namespace {

/// Rows whose singular values fall as `scale` says, along axes that are not the columns: two rounds of
/// reflections of independent columns.
template <class Scale>
std::vector<float> spectrum(test::Random& random, std::size_t rows, std::size_t cols, const Scale& scale) {
  std::vector<float> x = random.floats(rows * cols, -1, 1);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] *= static_cast<float>(scale(i % cols));
  for (int round = 0; round < 2; ++round) {
    const std::vector<float> v = random.floats(cols, -1, 1);
    double square = 0;
    for (float value : v) square += static_cast<double>(value) * static_cast<double>(value);
    for (std::size_t r = 0; r < rows; ++r) {
      double dot = 0;
      for (std::size_t c = 0; c < cols; ++c) dot += static_cast<double>(x[r * cols + c] * v[c]);
      for (std::size_t c = 0; c < cols; ++c) {
        x[r * cols + c] -= static_cast<float>(2 * dot / square) * v[c];
      }
    }
  }
  return x;
}

Pca sampled(const std::vector<float>& x, std::size_t rows, std::size_t cols, const PcaKeep& keep,
            int threads) {
  const MatrixView<const float> view{x.data(), rows, cols};
  const Run run = test::with_threads(threads);
  std::vector<double> means;
  REQUIRE(column_means(view, means, run).ok());
  Pca out;
  out.mean.assign(means.begin(), means.end());
  const Status status = randomised_pca(kPca.pick(), view, means.data(), keep, out, run);
  CHECK_MESSAGE(status.ok(), status.message);
  return out;
}

double dot(const float* a, const float* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

/// Beside the exact decomposition, which has tests of its own: orthonormal, not above it, and no further
/// below than `tolerance` of each singular value; where those are apart, the same vectors.
void check_against_exact(const std::vector<float>& x, std::size_t rows, std::size_t cols, std::size_t count,
                         double tolerance, double alignment) {
  Pca exact;
  REQUIRE(pca({x.data(), rows, cols}, {count, 0}, exact, test::with_threads(2)).ok());
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    const Pca found = sampled(x, rows, cols, {count, 0}, 1);
    CHECK(found.total_variance == doctest::Approx(exact.total_variance).epsilon(1e-12));
    REQUIRE(found.singular_values.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
      const float* const v = found.components.data() + i * cols;
      CHECK(found.singular_values[i] <= exact.singular_values[i] * (1 + 1e-9));
      CHECK(found.singular_values[i] >= exact.singular_values[i] * (1 - tolerance));
      CHECK(std::abs(dot(v, exact.components.data() + i * cols, cols)) >= alignment);
      for (std::size_t j = 0; j <= i; ++j) {
        CHECK(std::abs(dot(v, found.components.data() + j * cols, cols) - (i == j ? 1 : 0)) < 1e-6);
      }
    }
    const Pca again = sampled(x, rows, cols, {count, 0}, 2);
    CHECK(found.components == again.components);
    CHECK(found.singular_values == again.singular_values);
  }
}

}  // namespace

TEST_CASE("a sample finds the principal components of spectra that fall") {
  test::Random random(60);
  for (auto [rows, cols] : {std::pair<std::size_t, std::size_t>{150, 203}, {203, 150}}) {
    const auto fast = spectrum(random, rows, cols, [](std::size_t i) { return std::pow(0.8, i); });
    check_against_exact(fast, rows, cols, 20, 1e-8, 1 - 1e-6);
    const auto slow = spectrum(random, rows, cols, [](std::size_t i) { return 1.0 / (1 + i); });
    check_against_exact(slow, rows, cols, 10, 1e-6, 1 - 1e-4);
  }
}

TEST_CASE("a sample of a flat spectrum holds nearly as much as the exact components") {
  test::Random random(61);
  const auto flat = spectrum(random, 150, 203, [](std::size_t) { return 1.0; });
  check_against_exact(flat, 150, 203, 5, 0.01, 0);
}

TEST_CASE("a sample of few directions knows their number, and a share takes as many as hold it") {
  test::Random random(62);
  const auto few = spectrum(random, 150, 203, [](std::size_t i) { return i < 7 ? 1.0 : 0.0; });
  Pca out;
  // Turned in fp32, seven axes leave a few roundings, far below a millionth.
  CHECK(sampled(few, 150, 203, {0, 0.999999}, 2).singular_values.size() == 7);
  const auto falling = spectrum(random, 150, 203, [](std::size_t i) { return 1 / std::sqrt(1.0 + i); });
  for (double share : {0.1, 0.5, 0.9, 0.99}) {
    Pca exact;
    REQUIRE(pca({falling.data(), 150, 203}, {0, share}, exact, {}).ok());
    CHECK(sampled(falling, 150, 203, {0, share}, 2).singular_values.size() == exact.singular_values.size());
  }
}

TEST_CASE("rows too many for the exact decomposition are sampled, and refused for the same reasons") {
  const std::size_t side = kLargestPca + 1;
  const Run run = test::with_threads(2);
  std::vector<float> x(side * side, 0.5f);
  Pca out;
  CHECK(pca({x.data(), side, side}, {1, 0}, out, run).message ==
        "All 4097 rows are equal: they have no principal components.");
  CHECK(pca({x.data(), 1, side}, {1, 0}, out, run).message ==
        "rows has one row; principal components need at least two.");
  // Two axes: the first half of the columns rises from row to row, the other half alternates.
  double first = 0, second = 0;
  for (std::size_t r = 0; r < side; ++r) {
    const double rising = static_cast<double>(r) / side - 0.5 + 0.5 / side, sign = r % 2 ? 0.125 : -0.125;
    for (std::size_t c = 0; c < side; ++c) {
      x[r * side + c] = static_cast<float>(c < side / 2 ? rising : sign);
    }
    first += rising * rising * (side / 2);
    second += sign * sign * (side - side / 2);
  }
  REQUIRE(pca({x.data(), side, side}, {2, 0}, out, run).ok());
  CHECK(out.singular_values[0] == doctest::Approx(std::sqrt(first)).epsilon(1e-4));
  CHECK(out.singular_values[1] == doctest::Approx(std::sqrt(second)).epsilon(1e-4));
  CHECK(pca({x.data(), side, side}, {3, 0}, out, run).message ==
        "keep is 3, but 4097 rows of 4097 columns have only 2 principal components.");
  CHECK(pca({x.data(), side, side}, {4081, 0}, out, run).message ==
        "keep is 4081; of rows as many as 4097 x 4097 at most 4080 principal components can be kept.");
}
