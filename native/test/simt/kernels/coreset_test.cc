#include "kernels/coreset/coreset.h"

#include "backend.h"

using namespace ad;
using test::backend;

namespace {

void compare(const std::vector<float>& points, std::size_t cols, std::size_t count, std::size_t start) {
  const std::size_t rows = points.size() / cols;
  CAPTURE(rows);
  CAPTURE(count);
  Coreset expected;
  REQUIRE(greedy_coreset({points.data(), rows, cols}, count, start, expected, test::with_threads(1)).ok());
  std::vector<std::uint32_t> chosen(count);
  float radius = -1;
  const ad_coreset work{points.data(), rows, cols, count, start, chosen.data(), &radius};
  test::require_ok(backend().coreset(&work, nullptr));
  CHECK(test::first_difference(chosen, expected.rows) == "");
  CHECK(radius == expected.radius);
}

}  // namespace

TEST_CASE("device coreset: the CPU's rows in its order, and its radius") {
  test::Random random(4);
  const struct {
    std::size_t rows, cols, count, start;
  } sizes[] = {{1, 1, 1, 0}, {2, 3, 2, 1}, {33, 31, 20, 5}, {100, 32, 100, 99}, {300, 17, 60, 0}};
  for (const auto& size : sizes)
    compare(random.floats(size.rows * size.cols), size.cols, size.count, size.start);
}

TEST_CASE("device coreset: more rows than a round looks at") {
  test::Random random(5);
  compare(random.floats(8600 * 3), 3, 5, 7);
}

TEST_CASE("device coreset: ties and duplicates") {
  std::vector<float> points;
  for (int i = 0; i < 60; ++i) {
    points.push_back(static_cast<float>(i % 4));
    points.push_back(static_cast<float>(i % 2));
  }
  compare(points, 2, 60, 3);
}

TEST_CASE("device coreset: is told to stop") {
  test::Random random(6);
  const auto points = random.floats(50 * 4);
  std::vector<std::uint32_t> chosen(40);
  float radius;
  const ad_coreset work{points.data(), 50, 4, 40, 0, chosen.data(), &radius};
  ad_call call{};
  call.cancelled = [](void*) { return 1; };
  CHECK(backend().coreset(&work, &call) == AD_CANCELLED);
}
