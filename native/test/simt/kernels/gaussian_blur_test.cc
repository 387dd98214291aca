#include "kernels/gaussian_blur/gaussian_blur.h"

#include "backend.h"
#include "kernels/gaussian_blur/map_plan.h"

using namespace ad;
using test::backend;

namespace {

std::vector<ad_lerp> axis_of(const std::vector<Lerp>& axis) {
  std::vector<ad_lerp> out;
  for (const Lerp& at : axis)
    out.push_back({static_cast<std::uint32_t>(at.low), static_cast<std::uint32_t>(at.high), at.share});
  return out;
}

void compare(const MapShape& shape, double sigma, Border border) {
  test::Random random(10);
  const auto scores = random.floats(shape.images * shape.height * shape.width, 0, 5);
  std::vector<float> expected(shape.images * shape.out_height * shape.out_width), got(expected.size());
  REQUIRE(anomaly_maps(scores.data(), shape, sigma, border, expected.data(), test::with_threads(1)).ok());
  const MapPlan plan = plan_maps(shape, sigma, border);
  const auto rows = axis_of(plan.rows), columns = axis_of(plan.columns);
  const ad_anomaly_maps work{scores.data(),
                             shape.images,
                             static_cast<std::uint32_t>(shape.height),
                             static_cast<std::uint32_t>(shape.width),
                             static_cast<std::uint32_t>(shape.out_height),
                             static_cast<std::uint32_t>(shape.out_width),
                             rows.data(),
                             columns.data(),
                             plan.weights.data(),
                             static_cast<std::uint32_t>(plan.radius()),
                             plan.around_x.data(),
                             plan.around_y.data(),
                             got.data()};
  test::require_ok(backend().anomaly_maps(&work, nullptr));
  CAPTURE(sigma);
  CHECK(test::first_difference(got, expected) == "");
}

}  // namespace

TEST_CASE("device gaussian_blur: the CPU's bits") {
  compare({1, 1, 1, 1, 1}, 4, Border::mirror);
  compare({2, 7, 9, 33, 130}, 4, Border::mirror);
  compare({3, 5, 4, 31, 17}, 1.5, Border::reflect);
  compare({1, 6, 6, 24, 40}, 0, Border::mirror);
  // More rows than a grid has blocks for.
  compare({1, 5, 2, 1030, 3}, 1, Border::mirror);
  // A map that is smaller than the radius.
  compare({1, 3, 3, 8, 5}, 6, Border::reflect);
}
