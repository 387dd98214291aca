#include "kernels/pca/pca.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "support.h"

using namespace ad;

namespace {

/// A small matrix in double precision.
struct Centred {
  std::size_t rows, cols;
  std::vector<double> data;
  double at(std::size_t r, std::size_t c) const { return data[r * cols + c]; }
};

Centred centred(const std::vector<float>& x, std::size_t rows, std::size_t cols) {
  Centred out{rows, cols, std::vector<double>(x.begin(), x.end())};
  for (std::size_t c = 0; c < cols; ++c) {
    double mean = 0;
    for (std::size_t r = 0; r < rows; ++r) mean += out.at(r, c) / static_cast<double>(rows);
    for (std::size_t r = 0; r < rows; ++r) out.data[r * cols + c] -= mean;
  }
  return out;
}

/// Singular values, largest first, by one-sided Jacobi rotations of columns (Hestenes 1958): each to full
/// relative precision, with nothing in common with what it tests.
std::vector<double> singular_values(Centred m) {
  if (m.cols > m.rows) {
    Centred turned{m.cols, m.rows, {}};
    for (std::size_t i = 0; i < m.data.size(); ++i) turned.data.push_back(m.at(i % m.rows, i / m.rows));
    m = turned;
  }
  double all = 0;
  for (double value : m.data) all += value * value;
  for (bool turned = true; turned;) {
    turned = false;
    for (std::size_t p = 0; p < m.cols; ++p) {
      for (std::size_t q = p + 1; q < m.cols; ++q) {
        double a = 0, b = 0, both = 0;
        for (std::size_t r = 0; r < m.rows; ++r) {
          a += m.at(r, p) * m.at(r, p);
          b += m.at(r, q) * m.at(r, q);
          both += m.at(r, p) * m.at(r, q);
        }
        // A column that is rounding alone has nothing to be orthogonal to.
        if (std::abs(both) <= 1e-14 * std::sqrt(a * b) || std::min(a, b) < 1e-28 * all) continue;
        turned = true;
        const double zeta = (b - a) / (2 * both);
        const double t = std::copysign(1.0, zeta) / (std::abs(zeta) + std::hypot(1.0, zeta));
        const double c = 1 / std::hypot(1.0, t), s = c * t;
        for (std::size_t r = 0; r < m.rows; ++r) {
          const double x = m.at(r, p), y = m.at(r, q);
          m.data[r * m.cols + p] = c * x - s * y;
          m.data[r * m.cols + q] = s * x + c * y;
        }
      }
    }
  }
  std::vector<double> out(m.cols);
  for (std::size_t c = 0; c < m.cols; ++c) {
    for (std::size_t r = 0; r < m.rows; ++r) out[c] += m.at(r, c) * m.at(r, c);
    out[c] = std::sqrt(out[c]);
  }
  std::sort(out.rbegin(), out.rend());
  return out;
}

Pca run_pca(const std::vector<float>& x, std::size_t rows, std::size_t cols, const PcaKeep& keep,
            int threads) {
  Pca out;
  const Status status = pca({x.data(), rows, cols}, keep, out, test::with_threads(threads));
  CHECK_MESSAGE(status.ok(), status.message);
  return out;
}

/// Everything that makes components what they are, but for which of several of equal variance they are.
void check_components(const Pca& found, const std::vector<float>& x, std::size_t rows, std::size_t cols) {
  const Centred m = centred(x, rows, cols);
  const std::vector<double> exact = singular_values(m);
  const std::size_t count = found.singular_values.size();
  REQUIRE(count <= exact.size());
  double total = 0;
  for (double s : exact) total += s * s;
  CHECK(found.total_variance == doctest::Approx(total).epsilon(1e-12));
  for (std::size_t i = 0; i < count; ++i) {
    const float* const v = found.components.data() + i * cols;
    // Eigenvalues to 1e-13 of the largest; the singular value of one follows.
    CHECK(std::abs(found.singular_values[i] * found.singular_values[i] - exact[i] * exact[i]) <=
          1e-13 * exact[0] * exact[0]);
    double along = 0, most = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      double dot = 0;
      for (std::size_t c = 0; c < cols; ++c) dot += m.at(r, c) * static_cast<double>(v[c]);
      along += dot * dot;
    }
    CHECK(std::abs(std::sqrt(along) - exact[i]) <= 2e-7 * exact[0]);
    for (std::size_t j = 0; j <= i; ++j) {
      const float* const other = found.components.data() + j * cols;
      double dot = 0;
      for (std::size_t c = 0; c < cols; ++c) dot += static_cast<double>(v[c]) * static_cast<double>(other[c]);
      CHECK(std::abs(dot - (i == j ? 1 : 0)) < 1e-6);
    }
    for (std::size_t c = 0; c < cols; ++c) {
      if (std::abs(static_cast<double>(v[c])) > std::abs(most)) most = static_cast<double>(v[c]);
    }
    CHECK(most > 0);
  }
}

/// Sum of outer products of coordinates: what a subspace is, whichever basis it has.
double share_inside(const Pca& found, std::size_t cols, const float* direction) {
  double inside = 0, all = 0;
  for (std::size_t c = 0; c < cols; ++c)
    all += static_cast<double>(direction[c]) * static_cast<double>(direction[c]);
  for (std::size_t i = 0; i < found.singular_values.size(); ++i) {
    double dot = 0;
    for (std::size_t c = 0; c < cols; ++c) {
      dot += static_cast<double>(found.components[i * cols + c]) * static_cast<double>(direction[c]);
    }
    inside += dot * dot;
  }
  return inside / all;
}

}  // namespace

TEST_CASE(
    "principal components agree with Jacobi's singular values, with the same bits for every thread count") {
  test::Random random(40);
  for (std::size_t rows : test::kAwkward) {
    if (rows == 1) continue;
    for (std::size_t cols : test::kAwkward) {
      const std::vector<float> x = random.floats(rows * cols);
      for (Level level : test::levels()) {
        ScopedLevel forced(level);
        const Pca found = run_pca(x, rows, cols, {std::min(rows - 1, cols), 0}, 1);
        check_components(found, x, rows, cols);
        const Pca again = run_pca(x, rows, cols, {std::min(rows - 1, cols), 0}, 2);
        CHECK(found.components == again.components);
        CHECK(found.singular_values == again.singular_values);
        CHECK(found.mean == again.mean);
      }
    }
  }
}

TEST_CASE("both sides, larger than the blocks of the products, the rotations and the thread limit") {
  test::Random random(41);
  for (auto [rows, cols] : {std::pair<std::size_t, std::size_t>{450, 700}, {700, 450}}) {
    std::vector<float> x = random.floats(rows * cols);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] /= static_cast<float>(1 + i % cols % 50);
    const Pca one = run_pca(x, rows, cols, {0, 0.9}, 1), two = run_pca(x, rows, cols, {0, 0.9}, 2);
    CHECK(one.components == two.components);
    CHECK(one.singular_values == two.singular_values);
    // Orthonormal, and each gathers its singular value: with the exact trace that leaves nothing to be wrong.
    const Centred m = centred(x, rows, cols);
    const std::size_t count = one.singular_values.size();
    std::vector<float> coordinates(rows * count), residual(rows * cols);
    REQUIRE(pca_project({x.data(), rows, cols}, one.mean.data(), {one.components.data(), count, cols},
                        {coordinates.data(), rows, count}, {residual.data(), rows, cols},
                        test::with_threads(2))
                .ok());
    double total = 0, kept = 0, left = 0;
    for (double value : m.data) total += value * value;
    CHECK(one.total_variance == doctest::Approx(total).epsilon(1e-12));
    for (std::size_t i = 0; i < count; ++i) {
      double along = 0;
      for (std::size_t r = 0; r < rows; ++r)
        along += std::pow(static_cast<double>(coordinates[r * count + i]), 2);
      CHECK(std::sqrt(along) == doctest::Approx(one.singular_values[i]).epsilon(1e-6));
      kept += one.singular_values[i] * one.singular_values[i];
    }
    for (float value : residual) left += static_cast<double>(value) * static_cast<double>(value);
    CHECK(kept + left == doctest::Approx(total).epsilon(1e-6));
    CHECK(kept >= 0.9 * total);
    CHECK(kept - std::pow(one.singular_values.back(), 2) < 0.9 * total);
  }
}

TEST_CASE("far from zero, with duplicates and constant columns") {
  test::Random random(42);
  for (auto [rows, cols] : {std::pair<std::size_t, std::size_t>{33, 17}, {17, 33}, {32, 32}}) {
    std::vector<float> x = random.floats(rows * cols, 9999, 10001);
    for (std::size_t r = 0; r < rows; ++r) x[r * cols + 3] = 12345.678f;
    std::copy_n(x.begin(), cols, x.begin() + static_cast<std::ptrdiff_t>(5 * cols));
    for (Level level : test::levels()) {
      ScopedLevel forced(level);
      check_components(run_pca(x, rows, cols, {0, 0.999999}, 2), x, rows, cols);
    }
  }
}

TEST_CASE("rank is what it is: whatever is asked for, nothing that is rounding alone") {
  test::Random random(43);
  for (auto [rows, cols] : {std::pair<std::size_t, std::size_t>{40, 20}, {20, 40}, {64, 64}}) {
    const std::size_t rank = 5;
    const std::vector<float> along = random.floats(rows * rank), axes = random.floats(rank * cols);
    std::vector<float> x(rows * cols);
    // Small whole numbers: the products are exact, and so is the rank.
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < cols; ++c) {
        for (std::size_t i = 0; i < rank; ++i) {
          x[r * cols + c] += std::round(8 * along[r * rank + i]) * std::round(8 * axes[i * cols + c]);
        }
      }
    }
    for (Level level : test::levels()) {
      ScopedLevel forced(level);
      const Pca found = run_pca(x, rows, cols, {0, 0.999999999}, 1);
      CHECK(found.singular_values.size() == rank);
      check_components(found, x, rows, cols);
      Pca out;
      const Status status = pca({x.data(), rows, cols}, {6, 0}, out, test::with_threads(1));
      CHECK(status.code == Code::invalid_argument);
      CHECK(status.message.find("keep is 6") != std::string::npos);
      CHECK(status.message.find("only 5 principal components") != std::string::npos);
    }
  }
}

TEST_CASE("components of tiny variance stay orthogonal, from either side") {
  test::Random random(44);
  for (auto [rows, cols] : {std::pair<std::size_t, std::size_t>{24, 100}, {100, 24}}) {
    std::vector<float> x(rows * cols);
    for (std::size_t i = 0; i < 20; ++i) {
      const double scale = std::pow(10.0, -4.8 * static_cast<double>(i) / 19);
      const std::vector<float> along = random.floats(rows), axis = random.floats(cols);
      for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < cols; ++c)
          x[r * cols + c] += static_cast<float>(scale) * along[r] * axis[c];
      }
    }
    for (Level level : test::levels()) {
      ScopedLevel forced(level);
      const Pca found = run_pca(x, rows, cols, {20, 0}, 2);
      CHECK(found.singular_values.back() < 1e-4 * found.singular_values.front());
      check_components(found, x, rows, cols);
    }
  }
}

TEST_CASE("equal variances: the subspace is right, whichever basis it has") {
  // Points at +-3 on four axes, +-1 on the others, of a rotated frame (a Hadamard matrix of 8).
  const std::size_t cols = 8, rows = 16;
  float frame[8][8];
  for (unsigned i = 0; i < 8; ++i) {
    for (unsigned j = 0; j < 8; ++j) {
      const unsigned bits = i & j;
      frame[i][j] = ((bits ^ (bits >> 1) ^ (bits >> 2)) & 1u) ? -0.5f : 0.5f;
    }
  }
  std::vector<float> x;
  for (std::size_t i = 0; i < 8; ++i) {
    for (float sign : {-1.0f, 1.0f}) {
      for (std::size_t c = 0; c < cols; ++c) x.push_back(sign * (i < 4 ? 3.0f : 1.0f) * frame[i][c]);
    }
  }
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    const Pca found = run_pca(x, rows, cols, {4, 0}, 1);
    for (double s : found.singular_values) CHECK(s == doctest::Approx(6).epsilon(1e-12));
    for (std::size_t i = 0; i < 8; ++i) {
      CHECK(share_inside(found, cols, frame[i]) == doctest::Approx(i < 4 ? 1 : 0).epsilon(1e-6));
    }
  }
}

TEST_CASE("a share of the variance keeps as few components as hold it") {
  // Variances 16, 9, 4, 1 of 30 along the axes.
  std::vector<float> x(8 * 4);
  for (std::size_t i = 0; i < 4; ++i) {
    x[2 * i * 4 + i] = static_cast<float>(4 - i);
    x[(2 * i + 1) * 4 + i] = -static_cast<float>(4 - i);
  }
  const auto kept = [&](double share) { return run_pca(x, 8, 4, {0, share}, 1).singular_values.size(); };
  CHECK(kept(1e-9) == 1);
  CHECK(kept(15.9 / 30) == 1);
  CHECK(kept(16.1 / 30) == 2);
  CHECK(kept(24.9 / 30) == 2);
  CHECK(kept(25.1 / 30) == 3);
  CHECK(kept(29.1 / 30) == 4);
}

TEST_CASE("rows without variance, too many of them, and numbers that are none are refused") {
  const Run run = test::with_threads(2);
  Pca out;
  std::vector<float> x(7 * 9, 0.1f);
  CHECK(pca({x.data(), 1, 9}, {1, 0}, out, run).message ==
        "rows has one row; principal components need at least two.");
  CHECK(pca({x.data(), 7, 9}, {1, 0}, out, run).message ==
        "All 7 rows are equal: they have no principal components.");
  x[40] = std::numeric_limits<float>::quiet_NaN();
  x[50] = std::numeric_limits<float>::infinity();
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    const Status status = pca({x.data(), 7, 9}, {1, 0}, out, run);
    CHECK(status.code == Code::not_finite);
    CHECK(status.message.find("row 4 holds NaN in column 4") != std::string::npos);
  }
}

TEST_CASE("numbers from one end of fp32 to the other") {
  test::Random random(45);
  for (double scale : {1e-38, 1e38}) {
    const std::vector<float> x = random.floats(9 * 20, -scale, scale);
    const Pca found = run_pca(x, 9, 20, {8, 0}, 1);
    check_components(found, x, 9, 20);
  }
}

TEST_CASE("coordinates and residuals agree with double precision; a row does not see the others") {
  test::Random random(46);
  for (std::size_t rows : test::kAwkward) {
    for (std::size_t cols : {1u, 7u, 33u, 257u, 1100u}) {
      for (std::size_t count : {std::size_t{1}, std::size_t{3}, std::size_t{17}}) {
        if (count > cols) continue;
        // Components need not be orthonormal for the formulas to hold.
        const std::vector<float> x = random.floats(rows * cols, 9999, 10001),
                                 mean = random.floats(cols, 9999, 10001),
                                 axes = random.floats(count * cols, -0.1, 0.1);
        std::vector<float> coordinates(rows * count), residual(rows * cols);
        const auto run_project = [&](std::size_t n, int threads) {
          REQUIRE(pca_project({x.data(), n, cols}, mean.data(), {axes.data(), count, cols},
                              {coordinates.data(), n, count}, {residual.data(), n, cols},
                              test::with_threads(threads))
                      .ok());
        };
        for (Level level : test::levels()) {
          ScopedLevel forced(level);
          run_project(rows, 1);
          for (std::size_t r = 0; r < rows; ++r) {
            std::vector<double> left(cols);
            for (std::size_t c = 0; c < cols; ++c) {
              left[c] = static_cast<double>(x[r * cols + c]) - static_cast<double>(mean[c]);
            }
            const std::vector<double> difference = left;
            for (std::size_t i = 0; i < count; ++i) {
              double dot = 0;
              for (std::size_t c = 0; c < cols; ++c)
                dot += difference[c] * static_cast<double>(axes[i * cols + c]);
              REQUIRE(std::abs(static_cast<double>(coordinates[r * count + i]) - dot) <=
                      1e-7 * (1 + std::abs(dot)));
              for (std::size_t c = 0; c < cols; ++c) left[c] -= dot * static_cast<double>(axes[i * cols + c]);
            }
            for (std::size_t c = 0; c < cols; ++c) {
              REQUIRE(std::abs(static_cast<double>(residual[r * cols + c]) - left[c]) <= 1e-6);
            }
          }
          const std::vector<float> coordinates_of_all = coordinates, residual_of_all = residual;
          run_project(rows, 2);
          CHECK((coordinates == coordinates_of_all && residual == residual_of_all));
          run_project(1, 2);
          CHECK((coordinates == coordinates_of_all && residual == residual_of_all));
        }
      }
    }
  }
}

TEST_CASE("more rows than are held at once are projected like few") {
  test::Random random(47);
  const std::size_t rows = 300, cols = 20, count = 3;
  const std::vector<float> x = random.floats(rows * cols), mean(cols), axes = random.floats(count * cols);
  std::vector<float> coordinates(rows * count), residual(rows * cols), one(count), left(cols);
  REQUIRE(pca_project({x.data(), rows, cols}, mean.data(), {axes.data(), count, cols},
                      {coordinates.data(), rows, count}, {residual.data(), rows, cols}, test::with_threads(2))
              .ok());
  for (std::size_t r = 0; r < rows; ++r) {
    REQUIRE(pca_project({x.data() + r * cols, 1, cols}, mean.data(), {axes.data(), count, cols},
                        {one.data(), 1, count}, {left.data(), 1, cols}, test::with_threads(1))
                .ok());
    CHECK(std::equal(one.begin(), one.end(), coordinates.begin() + static_cast<std::ptrdiff_t>(r * count)));
    CHECK(std::equal(left.begin(), left.end(), residual.begin() + static_cast<std::ptrdiff_t>(r * cols)));
  }
}

TEST_CASE("cancelled components and projections say so") {
  std::atomic<bool> cancel{true};
  std::vector<float> x{1, 2, 3, 5}, out(4);
  Pca found;
  CHECK(pca({x.data(), 2, 2}, {1, 0}, found, Run{1, &cancel, {}}).code == Code::cancelled);
  CHECK(pca_project({x.data(), 2, 2}, x.data(), {x.data(), 1, 2}, {out.data(), 2, 1}, {out.data(), 2, 2},
                    Run{1, &cancel, {}})
            .code == Code::cancelled);
}
