#include "kernels/kde/kde.h"

#include <cmath>

#include "backend.h"

using namespace ad;
using test::backend;

TEST_CASE("device kde: the CPU's densities, to 1e-12 and far away") {
  test::Random random(9);
  for (const std::size_t cols : {1, 3, 17}) {
    CAPTURE(cols);
    const std::size_t count = 140, rows = 23;
    const auto data = random.floats(count * cols);
    auto queries = random.floats(rows * cols);
    for (std::size_t c = 0; c < cols; ++c) queries[c] = 1e5f;
    std::vector<double> mean(cols), whitener(cols * cols), expected(rows), got(rows);
    std::vector<float> points(count * cols);
    const Run run = test::with_threads(1);
    GaussianKde<double, float> fitted{mean.data(), whitener.data(), {points.data(), count, cols}, 0};
    REQUIRE(fit_kde({data.data(), count, cols}, 0, fitted, run).ok());
    const GaussianKde<const double, const float> kde{
        mean.data(), whitener.data(), {points.data(), count, cols}, fitted.log_norm};
    REQUIRE(kde_log_density({queries.data(), rows, cols}, kde, expected.data(), run).ok());
    const ad_kde work{queries.data(),  rows,      cols, count, mean.data(), whitener.data(), points.data(),
                      fitted.log_norm, got.data()};
    test::require_ok(backend().kde(&work, nullptr));
    for (std::size_t i = 0; i < rows; ++i) {
      CHECK(std::fabs(got[i] - expected[i]) <= 1e-12 * std::max(1.0, std::fabs(expected[i])));
    }
  }
}
