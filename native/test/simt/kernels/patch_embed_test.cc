#include "kernels/patch_embed/patch_embed.h"

#include "backend.h"
#include "kernels/interpolation/axis.h"

using namespace ad;
using test::backend;

namespace {

std::vector<ad_lerp> axis_of(const std::vector<Lerp>& axis) {
  std::vector<ad_lerp> out;
  for (const Lerp& at : axis)
    out.push_back({static_cast<std::uint32_t>(at.low), static_cast<std::uint32_t>(at.high), at.share});
  return out;
}

struct Shape {
  std::size_t channels, height, width;
};

void compare(const std::vector<Shape>& shapes, std::size_t images, std::size_t patch,
             Interpolation interpolation) {
  test::Random random(patch);
  std::vector<std::vector<float>> maps;
  std::vector<std::vector<ad_lerp>> rows, columns;
  std::vector<FeatureLevel> levels;
  std::vector<ad_feature_level> described;
  std::size_t cols = 0;
  const auto axis = interpolation == Interpolation::nearest ? nearest_axis : lerp_axis;
  for (const Shape& s : shapes) {
    maps.push_back(random.floats(images * s.channels * s.height * s.width));
    rows.push_back(axis_of(axis(s.height, shapes[0].height)));
    columns.push_back(axis_of(axis(s.width, shapes[0].width)));
    cols += s.channels;
  }
  for (std::size_t l = 0; l < shapes.size(); ++l) {
    const Shape& s = shapes[l];
    const float scale = 0.5f + static_cast<float>(l);
    levels.push_back({maps[l].data(), s.channels, s.height, s.width, scale});
    described.push_back({maps[l].data(), static_cast<std::uint32_t>(s.channels),
                         static_cast<std::uint32_t>(s.height), static_cast<std::uint32_t>(s.width), scale,
                         rows[l].data(), columns[l].data()});
  }
  const std::size_t places = images * shapes[0].height * shapes[0].width;
  std::vector<float> expected(places * cols), got(expected.size());
  REQUIRE(patch_embed(levels, images, patch, interpolation, {expected.data(), places, cols},
                      test::with_threads(1))
              .ok());
  const ad_patch_embed work{described.data(), static_cast<std::uint32_t>(described.size()),
                            static_cast<std::uint32_t>(patch), images, got.data()};
  test::require_ok(backend().patch_embed(&work, nullptr));
  CAPTURE(patch);
  CHECK(test::first_difference(got, expected) == "");
}

}  // namespace

TEST_CASE("device patch_embed: the CPU's bits") {
  compare({{1, 1, 1}}, 1, 1, Interpolation::bilinear);
  compare({{33, 7, 35}, {5, 4, 18}}, 2, 3, Interpolation::bilinear);
  compare({{8, 9, 9}, {31, 5, 5}, {16, 2, 3}}, 1, 5, Interpolation::bilinear);
  compare({{8, 9, 10}, {32, 4, 5}}, 3, 1, Interpolation::nearest);
  // More rows than a grid has blocks for.
  compare({{2, 1030, 3}}, 1, 3, Interpolation::bilinear);
  // A neighbourhood that is larger than the map.
  compare({{3, 2, 3}}, 1, 9, Interpolation::bilinear);
}
