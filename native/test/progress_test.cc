#include <doctest/doctest.h>

#include <algorithm>

#include "kernels/coreset/coreset.h"
#include "kernels/gaussian_blur/gaussian_blur.h"
#include "kernels/kde/kde.h"
#include "kernels/nearest/nearest.h"
#include "kernels/patch_embed/patch_embed.h"
#include "kernels/pca/pca.h"
#include "support.h"

using namespace ad;

namespace {

/// Runs `work` and checks what it reports: within 0..1 and never back. One thread, since helpers do not
/// report.
template <class Work>
void check_rises(Work work) {
  std::vector<double> shares;
  REQUIRE(work(Run{1, nullptr, [&](double share) { shares.push_back(share); }}).ok());
  REQUIRE(!shares.empty());
  CHECK(std::is_sorted(shares.begin(), shares.end()));
  CHECK(shares.front() >= 0);
  CHECK(shares.back() <= 1);
}

}  // namespace

TEST_CASE("progress never falls: a coreset of several rounds") {
  test::Random random(30);
  // More rows than a round looks at; with a head, then without.
  for (std::size_t cols : {32u, 2u}) {
    const std::size_t rows = 10000;
    const std::vector<float> data = random.floats(rows * cols);
    Coreset found;
    check_rises(
        [&](const Run& run) { return greedy_coreset({data.data(), rows, cols}, 200, 0, found, run); });
  }
}

TEST_CASE("progress never falls: more images than are held at once") {
  test::Random random(31);
  const std::size_t images = 20, side = 6;
  const std::vector<float> data = random.floats(images * side * side);
  std::vector<float> out(data.size());
  const std::vector<FeatureLevel> levels{{data.data(), 1, side, side, 1}};
  check_rises([&](const Run& run) {
    return patch_embed(levels, images, 3, Interpolation::bilinear, {out.data(), images * side * side, 1},
                       run);
  });
  check_rises([&](const Run& run) {
    return anomaly_maps(data.data(), {images, side, side, side, side}, 1, Border::mirror, out.data(), run);
  });
}

TEST_CASE("progress never falls: an index and its search") {
  test::Random random(32);
  const std::size_t rows = 3000, cols = 40;
  const std::vector<float> data = random.floats(rows * cols);
  std::unique_ptr<NearestIndex> index;
  check_rises([&](const Run& run) { return NearestIndex::build({data.data(), rows, cols}, index, run); });
  std::vector<std::uint32_t> indices(rows);
  std::vector<float> distances(rows);
  check_rises([&](const Run& run) {
    return index->search({data.data(), rows, cols}, 1, indices.data(), distances.data(), run);
  });
}

TEST_CASE("progress never falls: components, a projection and a density") {
  test::Random random(33);
  const std::size_t rows = 400, cols = 500;
  const std::vector<float> data = random.floats(rows * cols);
  Pca found;
  check_rises([&](const Run& run) { return pca({data.data(), rows, cols}, {3, 0}, found, run); });
  std::vector<float> coordinates(rows * 3), residual(rows * cols);
  check_rises([&](const Run& run) {
    return pca_project({data.data(), rows, cols}, found.mean.data(), {found.components.data(), 3, cols},
                       {coordinates.data(), rows, 3}, {residual.data(), rows, cols}, run);
  });
  std::vector<double> mean(3), whitener(9), out(rows);
  GaussianKde<double, float> kde{mean.data(), whitener.data(), {residual.data(), rows, 3}, 0};
  check_rises([&](const Run& run) { return fit_kde({coordinates.data(), rows, 3}, 0, kde, run); });
  check_rises([&](const Run& run) {
    return kde_log_density({coordinates.data(), rows, 3},
                           {mean.data(), whitener.data(), {residual.data(), rows, 3}, kde.log_norm},
                           out.data(), run);
  });
}
