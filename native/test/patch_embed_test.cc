#include "kernels/patch_embed/patch_embed.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "support.h"

using namespace ad;

namespace {

struct Maps {
  std::size_t channels, height, width;
  float scale;
  std::vector<float> data;
};

/// The definition in double precision: pool, then bilinear.
double embedded(const Maps& m, std::size_t image, std::size_t c, std::size_t patch, double gy, double gx) {
  const auto pooled = [&](long y, long x) {
    double sum = 0;
    const long half = static_cast<long>(patch / 2);
    for (long dy = -half; dy <= half; ++dy) {
      for (long dx = -half; dx <= half; ++dx) {
        const long sy = y + dy, sx = x + dx;
        if (sy < 0 || sx < 0 || sy >= static_cast<long>(m.height) || sx >= static_cast<long>(m.width))
          continue;
        sum += m.data[((image * m.channels + c) * m.height + static_cast<std::size_t>(sy)) * m.width +
                      static_cast<std::size_t>(sx)];
      }
    }
    return sum / static_cast<double>(patch * patch);
  };
  gy = std::clamp(gy, 0.0, static_cast<double>(m.height - 1));
  gx = std::clamp(gx, 0.0, static_cast<double>(m.width - 1));
  const long y0 = static_cast<long>(gy), x0 = static_cast<long>(gx);
  const long y1 = std::min(y0 + 1, static_cast<long>(m.height) - 1),
             x1 = std::min(x0 + 1, static_cast<long>(m.width) - 1);
  const double v = gy - static_cast<double>(y0), u = gx - static_cast<double>(x0);
  return (pooled(y0, x0) * (1 - v) * (1 - u) + pooled(y0, x1) * (1 - v) * u + pooled(y1, x0) * v * (1 - u) +
          pooled(y1, x1) * v * u) *
         m.scale;
}

std::vector<float> run_embed(const std::vector<Maps>& maps, std::size_t images, std::size_t patch,
                             int threads, Interpolation interpolation = Interpolation::bilinear) {
  std::vector<FeatureLevel> levels;
  std::size_t cols = 0;
  for (const Maps& m : maps) {
    levels.push_back({m.data.data(), m.channels, m.height, m.width, m.scale});
    cols += m.channels;
  }
  const std::size_t rows = images * maps[0].height * maps[0].width;
  std::vector<float> out(rows * cols, -1);
  REQUIRE(
      patch_embed(levels, images, patch, interpolation, {out.data(), rows, cols}, test::with_threads(threads))
          .ok());
  return out;
}

}  // namespace

TEST_CASE(
    "patch embeddings agree with double precision, with the same bits on every level and thread count") {
  test::Random random(3);
  const std::size_t sizes[][4] = {{1, 1, 1, 1},   {3, 7, 2, 4},    {8, 9, 4, 5},
                                  {17, 15, 9, 8}, {16, 33, 8, 16}, {5, 31, 5, 31}};
  for (const auto& s : sizes) {
    for (std::size_t channels : {1u, 7u, 16u, 33u}) {
      for (std::size_t patch : {1u, 3u, 5u}) {
        const std::size_t images = channels == 7 ? 11 : 2;
        std::vector<Maps> maps{{channels, s[0], s[1], 0.5f, {}}, {9, s[2], s[3], 1.7f, {}}};
        for (Maps& m : maps) m.data = random.floats(images * m.channels * m.height * m.width);
        ScopedLevel scalar(Level::scalar);
        const std::vector<float> reference = run_embed(maps, images, patch, 1);
        const std::size_t cols = channels + 9;
        for (int probe = 0; probe < 200; ++probe) {
          const std::size_t i = random.below(images), y = random.below(s[0]), x = random.below(s[1]);
          const std::size_t c = random.below(cols);
          const Maps& m = c < channels ? maps[0] : maps[1];
          const double gy =
              (static_cast<double>(y) + 0.5) * static_cast<double>(m.height) / static_cast<double>(s[0]) -
              0.5;
          const double gx =
              (static_cast<double>(x) + 0.5) * static_cast<double>(m.width) / static_cast<double>(s[1]) - 0.5;
          const double expected = embedded(m, i, c < channels ? c : c - channels, patch, gy, gx);
          CHECK(std::abs(reference[((i * s[0] + y) * s[1] + x) * cols + c] - expected) < 1e-6);
        }
        for (Level level : test::levels()) {
          ScopedLevel forced(level);
          for (int threads : {1, 2, 3, 7}) CHECK(run_embed(maps, images, patch, threads) == reference);
        }
      }
    }
  }
}

TEST_CASE(
    "nearest takes one place of the coarser level, with the same bits on every level and thread count") {
  test::Random random(9);
  const std::size_t grids[][4] = {
      {1, 1, 1, 1}, {8, 9, 4, 3}, {17, 15, 9, 8}, {5, 31, 7, 33}, {33, 16, 1, 64}};
  for (const auto& s : grids) {
    std::vector<Maps> maps{{3, s[0], s[1], 1, {}}, {17, s[2], s[3], 1.7f, {}}};
    for (Maps& m : maps) m.data = random.floats(9 * m.channels * m.height * m.width);
    std::vector<float> expected;
    for (std::size_t image = 0; image < 9; ++image) {
      for (std::size_t y = 0; y < s[0]; ++y) {
        for (std::size_t x = 0; x < s[1]; ++x) {
          for (const Maps& m : maps) {
            const std::size_t at = (y * m.height / s[0]) * m.width + x * m.width / s[1];
            for (std::size_t c = 0; c < m.channels; ++c) {
              expected.push_back(m.data[(image * m.channels + c) * m.height * m.width + at] * m.scale);
            }
          }
        }
      }
    }
    for (Level level : test::levels()) {
      ScopedLevel forced(level);
      for (int threads : {1, 2}) CHECK(run_embed(maps, 9, 1, threads, Interpolation::nearest) == expected);
    }
  }
}

TEST_CASE("nearest rounds as torch does: place 41 of 82 takes the first of two") {
  std::vector<Maps> maps{{1, 1, 82, 1, std::vector<float>(82)}, {1, 1, 2, 1, {0, 1}}};
  const std::vector<float> out = run_embed(maps, 1, 1, 1, Interpolation::nearest);
  CHECK(out[2 * 41 + 1] == 0);
  CHECK(out[2 * 42 + 1] == 1);
}

TEST_CASE("scaling afterwards gives the bits of scaling on the way") {
  test::Random random(4);
  std::vector<Maps> maps{{5, 6, 7, 1, random.floats(2 * 5 * 6 * 7)},
                         {3, 3, 4, 1, random.floats(2 * 3 * 3 * 4)}};
  std::vector<float> plain = run_embed(maps, 2, 3, 2);
  maps[0].scale = 0.37f;
  maps[1].scale = 1.91f;
  const std::vector<float> scaled = run_embed(maps, 2, 3, 2);
  REQUIRE(scale_levels({plain.data(), 84, 8}, {5, 3}, {0.37f, 1.91f}, test::with_threads(3)).ok());
  CHECK(plain == scaled);
}

TEST_CASE("moments agree with double precision far from zero, and do not depend on threads") {
  test::Random random(5);
  const std::size_t rows = 3000, cols = 12;
  std::vector<float> data = random.floats(rows * cols, 9999, 10001);
  const MatrixView<const float> view{data.data(), rows, cols};
  std::vector<Moments> found, again;
  REQUIRE(level_moments(view, {5, 7}, found, test::with_threads(1)).ok());
  for (int threads : {2, 3, 7}) {
    REQUIRE(level_moments(view, {5, 7}, again, test::with_threads(threads)).ok());
    for (std::size_t l = 0; l < 2; ++l)
      CHECK((again[l].mean == found[l].mean && again[l].deviation == found[l].deviation));
  }
  for (std::size_t l = 0; l < 2; ++l) {
    long double sum = 0, square = 0;
    const std::size_t first = l == 0 ? 0 : 5, end = l == 0 ? 5 : 12;
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = first; c < end; ++c) sum += data[r * cols + c];
    }
    const long double count = static_cast<long double>(rows * (end - first)), mean = sum / count;
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = first; c < end; ++c)
        square += (data[r * cols + c] - mean) * (data[r * cols + c] - mean);
    }
    CHECK(found[l].mean == doctest::Approx(static_cast<double>(mean)).epsilon(1e-12));
    CHECK(found[l].deviation ==
          doctest::Approx(std::sqrt(static_cast<double>(square / count))).epsilon(1e-9));
  }
}

TEST_CASE("moments name the first row that is not finite; an empty matrix has none") {
  std::vector<float> data(40, 1.0f);
  data[23] = std::numeric_limits<float>::quiet_NaN();
  std::vector<Moments> found;
  const Status status = level_moments({data.data(), 10, 4}, {4}, found, test::with_threads(2));
  CHECK(status.code == Code::not_finite);
  CHECK(status.message.find("row 5 ") != std::string::npos);
  CHECK(level_moments({nullptr, 0, 4}, {4}, found, test::with_threads(2)).ok());
}

TEST_CASE("a cancelled embedding says so") {
  std::atomic<bool> cancel{true};
  const std::vector<float> data(9, 1.0f);
  std::vector<float> out(9);
  const std::vector<FeatureLevel> levels{{data.data(), 1, 3, 3, 1}};
  CHECK(patch_embed(levels, 1, 3, Interpolation::bilinear, {out.data(), 9, 1}, Run{1, &cancel, {}}).code ==
        Code::cancelled);
}
