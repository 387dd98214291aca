#include "kernels/components/components.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "support.h"

using namespace ad;

namespace {

/// The definition, word for word: flood fill from each pixel not yet visited.
std::vector<Component> flood_fill(MatrixView<const float> map, float threshold) {
  std::vector<Component> regions;
  std::vector<bool> visited(map.size());
  for (std::size_t start = 0; start < map.size(); ++start) {
    if (visited[start] || !(map.data[start] >= threshold)) continue;
    std::vector<std::size_t> stack{start}, members;
    visited[start] = true;
    while (!stack.empty()) {
      const std::size_t at = stack.back();
      stack.pop_back();
      members.push_back(at);
      const long x = static_cast<long>(at % map.cols), y = static_cast<long>(at / map.cols);
      for (long ny = y - 1; ny <= y + 1; ++ny) {
        for (long nx = x - 1; nx <= x + 1; ++nx) {
          if (nx < 0 || ny < 0 || nx >= static_cast<long>(map.cols) || ny >= static_cast<long>(map.rows))
            continue;
          const std::size_t next = static_cast<std::size_t>(ny) * map.cols + static_cast<std::size_t>(nx);
          if (visited[next] || !(map.data[next] >= threshold)) continue;
          visited[next] = true;
          stack.push_back(next);
        }
      }
    }
    std::int32_t left = 1 << 30, top = 1 << 30, right = -1, bottom = -1;
    std::size_t peak = members[0];
    for (std::size_t m : members) {
      const auto x = static_cast<std::int32_t>(m % map.cols), y = static_cast<std::int32_t>(m / map.cols);
      left = std::min(left, x), right = std::max(right, x), top = std::min(top, y),
      bottom = std::max(bottom, y);
      if (map.data[m] > map.data[peak] || (map.data[m] == map.data[peak] && m < peak)) peak = m;
    }
    regions.push_back({left, top, right - left + 1, bottom - top + 1,
                       static_cast<std::int64_t>(members.size()), map.data[peak],
                       static_cast<std::int32_t>(peak % map.cols),
                       static_cast<std::int32_t>(peak / map.cols)});
  }
  return regions;
}

void check_equal(const std::vector<Component>& found, const std::vector<Component>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i].left == expected[i].left);
    CHECK(found[i].top == expected[i].top);
    CHECK(found[i].width == expected[i].width);
    CHECK(found[i].height == expected[i].height);
    CHECK(found[i].area == expected[i].area);
    CHECK(found[i].peak == expected[i].peak);
    CHECK(found[i].peak_x == expected[i].peak_x);
    CHECK(found[i].peak_y == expected[i].peak_y);
  }
}

}  // namespace

TEST_CASE("components equal a flood fill on random maps of awkward sizes") {
  test::Random random(1);
  for (std::size_t rows : test::kAwkward) {
    for (std::size_t cols : test::kAwkward) {
      std::vector<float> map = random.floats(rows * cols, 0, 1);
      for (float& x : map) x = std::round(x * 8) / 8;  // ties, so that the first peak matters
      const MatrixView<const float> view{map.data(), rows, cols};
      for (float threshold : {0.25f, 0.5f, 0.75f}) {
        std::vector<Component> found;
        REQUIRE(find_components(view, threshold, found, test::with_threads(1)).ok());
        check_equal(found, flood_fill(view, threshold));
      }
    }
  }
}

TEST_CASE("diagonal pixels belong together, NaN never does") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> map{1, 0, 0, /**/ 0, 2, nan, /**/ nan, 0, 3};
  std::vector<Component> found;
  REQUIRE(find_components({map.data(), 3, 3}, 1, found, test::with_threads(1)).ok());
  REQUIRE(found.size() == 1);
  CHECK(found[0].area == 3);
  CHECK(found[0].peak_x == 2);
  REQUIRE(find_components({map.data(), 3, 3}, -1, found, test::with_threads(1)).ok());
  CHECK(found[0].area == 7);
}

TEST_CASE("an empty map has no components, and a cancelled call says so") {
  std::vector<Component> found;
  CHECK(find_components({nullptr, 0, 0}, 0, found, test::with_threads(1)).ok());
  CHECK(found.empty());
  const std::vector<float> map(4, 1.0f);
  std::atomic<bool> cancel{true};
  CHECK(find_components({map.data(), 2, 2}, 0, found, Run{1, &cancel, {}}).code == Code::cancelled);
}
