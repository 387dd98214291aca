#include "kernels/gaussian_blur/gaussian_blur.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "support.h"

using namespace ad;

namespace {

/// scipy.ndimage's border rules, step by step.
long fold(long at, long n, Border border) {
  if (n == 1) return 0;
  while (at < 0 || at >= n) {
    if (at < 0) at = border == Border::mirror ? -at : -at - 1;
    if (at >= n) at = border == Border::mirror ? 2 * n - 2 - at : 2 * n - 1 - at;
  }
  return at;
}

/// The definition in double precision.
std::vector<double> oracle(const float* scores, const MapShape& s, double sigma, Border border) {
  const long height = static_cast<long>(s.out_height), width = static_cast<long>(s.out_width);
  const auto coordinate = [](std::size_t i, std::size_t in, std::size_t out) {
    const double at =
        (static_cast<double>(i) + 0.5) * static_cast<double>(in) / static_cast<double>(out) - 0.5;
    return std::clamp(at, 0.0, static_cast<double>(in - 1));
  };
  std::vector<double> big(s.out_height * s.out_width), across(big.size()), out(big.size());
  for (std::size_t y = 0; y < s.out_height; ++y) {
    for (std::size_t x = 0; x < s.out_width; ++x) {
      const double gy = coordinate(y, s.height, s.out_height), gx = coordinate(x, s.width, s.out_width);
      const auto y0 = static_cast<std::size_t>(gy), x0 = static_cast<std::size_t>(gx);
      const std::size_t y1 = std::min(y0 + 1, s.height - 1), x1 = std::min(x0 + 1, s.width - 1);
      const double v = gy - static_cast<double>(y0), u = gx - static_cast<double>(x0);
      big[y * s.out_width + x] = scores[y0 * s.width + x0] * (1 - v) * (1 - u) +
                                 scores[y0 * s.width + x1] * (1 - v) * u +
                                 scores[y1 * s.width + x0] * v * (1 - u) + scores[y1 * s.width + x1] * v * u;
    }
  }
  const long radius = static_cast<long>(4 * sigma + 0.5);
  std::vector<double> weights;
  double total = 0;
  for (long t = -radius; t <= radius; ++t) {
    weights.push_back(sigma == 0 ? 1 : std::exp(-0.5 * static_cast<double>(t * t) / (sigma * sigma)));
    total += weights.back();
  }
  const auto pass = [&](const std::vector<double>& in, std::vector<double>& to, bool along_x) {
    for (long y = 0; y < height; ++y) {
      for (long x = 0; x < width; ++x) {
        double sum = 0;
        for (long t = -radius; t <= radius; ++t) {
          const long sy = along_x ? y : fold(y + t, height, border),
                     sx = along_x ? fold(x + t, width, border) : x;
          sum +=
              in[static_cast<std::size_t>(sy * width + sx)] * weights[static_cast<std::size_t>(t + radius)];
        }
        to[static_cast<std::size_t>(y * width + x)] = sum / total;
      }
    }
  };
  pass(big, across, true);
  pass(across, out, false);
  return out;
}

std::vector<float> run_maps(const std::vector<float>& scores, const MapShape& shape, double sigma,
                            Border border, int threads) {
  std::vector<float> out(shape.images * shape.out_height * shape.out_width, -1);
  REQUIRE(anomaly_maps(scores.data(), shape, sigma, border, out.data(), test::with_threads(threads)).ok());
  return out;
}

}  // namespace

TEST_CASE("anomaly maps agree with double precision, with the same bits on every level and thread count") {
  test::Random random(6);
  const MapShape shapes[] = {{1, 1, 1, 1, 1},   {2, 3, 5, 7, 9},    {1, 4, 4, 33, 31},
                             {3, 8, 7, 16, 17}, {1, 28, 28, 64, 3}, {9, 5, 5, 15, 8}};
  for (const MapShape& shape : shapes) {
    const std::vector<float> scores = random.floats(shape.images * shape.height * shape.width, 0, 5);
    for (double sigma : {0.0, 0.5, 4.0}) {
      for (Border border : {Border::mirror, Border::reflect}) {
        ScopedLevel scalar(Level::scalar);
        const std::vector<float> reference = run_maps(scores, shape, sigma, border, 1);
        const std::size_t grid = shape.out_height * shape.out_width;
        for (std::size_t i = 0; i < shape.images; ++i) {
          const std::vector<double> exact =
              oracle(scores.data() + i * shape.height * shape.width, shape, sigma, border);
          for (std::size_t at = 0; at < grid; ++at)
            CHECK(std::abs(reference[i * grid + at] - exact[at]) < 5e-6);
        }
        for (Level level : test::levels()) {
          ScopedLevel forced(level);
          for (int threads : {1, 2, 7}) CHECK(run_maps(scores, shape, sigma, border, threads) == reference);
        }
      }
    }
  }
}

TEST_CASE("a cancelled map says so") {
  std::atomic<bool> cancel{true};
  const float score = 1;
  float out;
  CHECK(anomaly_maps(&score, {1, 1, 1, 1, 1}, 4, Border::mirror, &out, Run{1, &cancel, {}}).code ==
        Code::cancelled);
}
