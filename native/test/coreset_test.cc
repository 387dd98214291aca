#include "kernels/coreset/coreset.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/distance/distance.h"
#include "support.h"

using namespace ad;

namespace {

/// The definition: every row meets every centre.
Coreset naive(MatrixView<const float> points, std::size_t count, std::size_t start) {
  std::vector<float> nearest(points.rows, std::numeric_limits<float>::infinity());
  std::vector<bool> chosen(points.rows);
  Coreset out;
  std::size_t next = start;
  float farthest = 0;
  for (std::size_t k = 0; k < count; ++k) {
    out.rows.push_back(static_cast<std::uint32_t>(next));
    chosen[next] = true;
    const float* centre = points.row(next);
    farthest = -1;
    for (std::size_t i = 0; i < points.rows; ++i) {
      nearest[i] = std::min(nearest[i], squared_distance(points.row(i), centre, points.cols));
      if (!chosen[i] && nearest[i] > farthest) {
        farthest = nearest[i];
        next = i;
      }
    }
  }
  out.radius = std::sqrt(std::max(0.0f, farthest));
  return out;
}

void check_same(MatrixView<const float> points, std::size_t count, std::size_t start) {
  Coreset expected;
  {
    ScopedLevel scalar(Level::scalar);
    expected = naive(points, count, start);
  }
  for (Level level : test::levels()) {
    ScopedLevel forced(level);
    for (int threads : {1, 7}) {
      Coreset found;
      REQUIRE(greedy_coreset(points, count, start, found, test::with_threads(threads)).ok());
      CHECK((found.rows == expected.rows));
      CHECK(found.radius == expected.radius);
    }
  }
}

}  // namespace

TEST_CASE("the coreset is the naive one, row for row, over awkward sizes") {
  test::Random random(7);
  for (std::size_t rows : test::kAwkward) {
    for (std::size_t cols : {1u, 3u, 16u, 33u}) {
      const std::vector<float> data = random.floats(rows * cols);
      for (std::size_t count : {std::size_t{1}, (rows + 1) / 2, rows}) {
        check_same({data.data(), rows, cols}, count, random.below(rows));
      }
    }
  }
}

TEST_CASE("the coreset is the naive one where several rounds are needed") {
  test::Random random(8);
  // More columns than a head needs, then fewer.
  for (std::size_t cols : {40u, 8u}) {
    const std::size_t rows = 5000;
    std::vector<float> uniform = random.floats(rows * cols);
    check_same({uniform.data(), rows, cols}, 250, 17);

    std::vector<float> clusters(rows * cols);
    for (std::size_t i = 0; i < rows; ++i) {
      const float centre = static_cast<float>(random.below(9)) * 100;
      for (std::size_t c = 0; c < cols; ++c) clusters[i * cols + c] = centre + random.between(-1, 1);
    }
    check_same({clusters.data(), rows, cols}, 150, 0);

    std::vector<float> far = random.floats(rows * cols, 9999, 10001);
    check_same({far.data(), rows, cols}, 100, 4999);
  }
}

TEST_CASE("duplicates are chosen once each, in order, when nothing else is left") {
  test::Random random(9);
  const std::size_t rows = 4000, cols = 5;
  std::vector<float> data(rows * cols);
  for (std::size_t i = 0; i < rows; ++i) {
    const float value = static_cast<float>(random.below(12));
    for (std::size_t c = 0; c < cols; ++c) data[i * cols + c] = value;
  }
  check_same({data.data(), rows, cols}, 2500, 100);
  check_same({data.data(), rows, cols}, rows, 0);
  const std::vector<float> zero(300 * 4, 0.0f);
  check_same({zero.data(), 300, 4}, 300, 299);
}

TEST_CASE("rows on a line give many ties, which go to the lowest row") {
  std::vector<float> line(3000);
  for (std::size_t i = 0; i < line.size(); ++i) line[i] = static_cast<float>(i % 1500);
  check_same({line.data(), 3000, 1}, 1200, 700);
}

TEST_CASE("a value that is not finite is refused by row, and a cancelled selection says so") {
  std::vector<float> data(60, 1.0f);
  data[31] = std::numeric_limits<float>::infinity();
  Coreset out;
  const Status bad = greedy_coreset({data.data(), 20, 3}, 5, 0, out, test::with_threads(3));
  CHECK(bad.code == Code::not_finite);
  CHECK(bad.message.find("row 10 ") != std::string::npos);
  std::atomic<bool> cancel{true};
  data[31] = 0;
  CHECK(greedy_coreset({data.data(), 20, 3}, 5, 0, out, Run{1, &cancel, {}}).code == Code::cancelled);
}
