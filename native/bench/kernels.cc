// Each kernel alone, on the shapes of PatchCore with ResNet-18 layers 2 and 3 at 224 x 224: 784 patches of
// 384 columns an image, a bank of 16,384. `AD_SIMD_LEVEL` picks a level.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "kernels/components/components.h"
#include "kernels/coreset/coreset.h"
#include "kernels/gaussian_blur/gaussian_blur.h"
#include "kernels/kde/kde.h"
#include "kernels/mahalanobis/mahalanobis.h"
#include "kernels/moments/moments.h"
#include "kernels/moments/triangle.h"
#include "kernels/nearest/nearest.h"
#include "kernels/patch_embed/patch_embed.h"
#include "kernels/pca/pca.h"
#include "kernels/projection/projection.h"
#include "naive_coreset.h"

namespace ad::bench {
namespace {

constexpr std::size_t kPatches = 784, kColumns = 384, kBank = 16384, kBatch = 8;

Run on(const benchmark::State& state) {
  return {static_cast<int>(state.range(0)), nullptr, {}};
}

/// Rows whose spread falls from axis to axis as features' does, along axes that every column has a part in.
std::vector<float> features(std::size_t rows, std::size_t cols, unsigned seed) {
  constexpr std::size_t kAxes = 48;
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> axes(kAxes * cols);
  for (float& value : axes) value = normal(random);
  random.seed(seed);
  std::vector<float> out(rows * cols);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t a = 0; a < kAxes; ++a) {
      const float along = normal(random) / static_cast<float>(a + 1);
      for (std::size_t c = 0; c < cols; ++c) out[i * cols + c] += along * axes[a * cols + c];
    }
    for (std::size_t c = 0; c < cols; ++c) out[i * cols + c] += 0.02f * normal(random);
  }
  return out;
}

void items(benchmark::State& state, double per_iteration) {
  state.SetItemsProcessed(static_cast<std::int64_t>(per_iteration * static_cast<double>(state.iterations())));
}

void nearest_search(benchmark::State& state) {
  const std::vector<float> bank = features(kBank, kColumns, 2), queries = features(kPatches, kColumns, 3);
  std::unique_ptr<NearestIndex> index;
  NearestIndex::build({bank.data(), kBank, kColumns}, index, on(state));
  const auto k = static_cast<std::size_t>(state.range(1));
  std::vector<std::uint32_t> indices(kPatches * k);
  std::vector<float> distances(kPatches * k);
  for (auto _ : state) {
    index->search({queries.data(), kPatches, kColumns}, k, indices.data(), distances.data(), on(state));
  }
  items(state, kPatches);
}
BENCHMARK(nearest_search)
    ->ArgsProduct({{1, 2}, {1, 9}})
    ->ArgNames({"threads", "k"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void nearest_build(benchmark::State& state) {
  const std::vector<float> bank = features(kBank, kColumns, 2);
  for (auto _ : state) {
    std::unique_ptr<NearestIndex> index;
    NearestIndex::build({bank.data(), kBank, kColumns}, index, on(state));
  }
}
BENCHMARK(nearest_build)->Arg(1)->Arg(2)->ArgName("threads")->UseRealTime()->Unit(benchmark::kMillisecond);

void patch_embedding(benchmark::State& state) {
  const std::vector<float> fine(kBatch * 128 * 28 * 28, 0.5f), coarse(kBatch * 256 * 14 * 14, 0.5f);
  std::vector<float> out(kBatch * kPatches * kColumns);
  for (auto _ : state) {
    patch_embed({{fine.data(), 128, 28, 28, 1}, {coarse.data(), 256, 14, 14, 1}}, kBatch, 3,
                Interpolation::bilinear, {out.data(), kBatch * kPatches, kColumns}, on(state));
  }
  items(state, kBatch);
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(4 * (fine.size() + coarse.size() + out.size())));
}
BENCHMARK(patch_embedding)->Arg(1)->Arg(2)->ArgName("threads")->UseRealTime()->Unit(benchmark::kMillisecond);

void projection(benchmark::State& state) {
  constexpr std::size_t kComponents = 296;
  const std::vector<float> points = features(kBank, kColumns, 2);
  std::vector<float> out(kBank * kComponents);
  for (auto _ : state) {
    sparse_projection({points.data(), kBank, kColumns}, 1 / std::sqrt(double{kColumns}), 1,
                      {out.data(), kBank, kComponents}, on(state));
  }
  items(state, kBank);
}
BENCHMARK(projection)->Arg(1)->Arg(2)->ArgName("threads")->UseRealTime()->Unit(benchmark::kMillisecond);

void coreset(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(1));
  constexpr std::size_t kComponents = 296;
  const std::vector<float> points = features(rows, kComponents, 2);
  for (auto _ : state) {
    Coreset out;
    greedy_coreset({points.data(), rows, kComponents}, rows / 10, 0, out, on(state));
  }
  items(state, static_cast<double>(rows / 10));
}
BENCHMARK(coreset)
    ->Args({2, 10000})
    ->Args({2, 40000})
    ->ArgNames({"threads", "rows"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void coreset_one_pass_per_centre(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(1));
  constexpr std::size_t kComponents = 296;
  const std::vector<float> points = features(rows, kComponents, 2);
  for (auto _ : state) naive_coreset({points.data(), rows, kComponents}, rows / 10, 0, on(state));
  items(state, static_cast<double>(rows / 10));
}
BENCHMARK(coreset_one_pass_per_centre)
    ->Args({2, 10000})
    ->ArgNames({"threads", "rows"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// DFM: 209 images of ResNet-50's third level, pooled to 1,024 x 4 x 4.
constexpr std::size_t kImages = 209, kDeepColumns = 16384;

void principal_components(benchmark::State& state) {
  const std::vector<float> rows = features(kImages, kDeepColumns, 2);
  for (auto _ : state) {
    Pca out;
    pca({rows.data(), kImages, kDeepColumns}, {0, 0.97}, out, on(state));
  }
}
BENCHMARK(principal_components)
    ->Arg(1)
    ->Arg(2)
    ->ArgName("threads")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void pca_projection(benchmark::State& state) {
  const auto images = static_cast<std::size_t>(state.range(1));
  constexpr std::size_t kComponents = 150;
  const std::vector<float> rows = features(images, kDeepColumns, 2), mean(kDeepColumns),
                           axes = features(kComponents, kDeepColumns, 3);
  std::vector<float> coordinates(images * kComponents), residual(images * kDeepColumns);
  for (auto _ : state) {
    pca_project({rows.data(), images, kDeepColumns}, mean.data(), {axes.data(), kComponents, kDeepColumns},
                {coordinates.data(), images, kComponents}, {residual.data(), images, kDeepColumns},
                on(state));
  }
  items(state, static_cast<double>(images));
}
BENCHMARK(pca_projection)
    ->ArgsProduct({{1, 2}, {1, 8}})
    ->ArgNames({"threads", "images"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void kernel_density(benchmark::State& state) {
  constexpr std::size_t kQueries = 1000, kDimensions = 16;
  const std::vector<float> rows = features(kImages, kDimensions, 2),
                           queries = features(kQueries, kDimensions, 3);
  std::vector<double> mean(kDimensions), whitener(kDimensions * kDimensions), out(kQueries);
  std::vector<float> points(rows.size());
  GaussianKde<double, float> kde{mean.data(), whitener.data(), {points.data(), kImages, kDimensions}, 0};
  fit_kde({rows.data(), kImages, kDimensions}, 0, kde, on(state));
  for (auto _ : state) {
    kde_log_density({queries.data(), kQueries, kDimensions},
                    {mean.data(), whitener.data(), {points.data(), kImages, kDimensions}, kde.log_norm},
                    out.data(), on(state));
  }
  items(state, kQueries);
}
BENCHMARK(kernel_density)->Arg(1)->Arg(2)->ArgName("threads")->UseRealTime()->Unit(benchmark::kMillisecond);

void anomaly_map(benchmark::State& state) {
  const std::vector<float> scores(kBatch * kPatches, 1.0f);
  std::vector<float> out(kBatch * 224 * 224);
  for (auto _ : state) {
    anomaly_maps(scores.data(), {kBatch, 28, 28, 224, 224}, 4, Border::mirror, out.data(), on(state));
  }
  items(state, kBatch);
}
BENCHMARK(anomaly_map)->Arg(1)->Arg(2)->ArgName("threads")->UseRealTime()->Unit(benchmark::kMillisecond);

void components(benchmark::State& state) {
  constexpr std::size_t kSide = 900;
  std::vector<float> map(kSide * kSide);
  for (std::size_t i = 0; i < map.size(); ++i) {
    map[i] = std::sin(static_cast<float>(i % kSide) / 40) * std::sin(static_cast<float>(i / kSide) / 30);
  }
  for (auto _ : state) {
    std::vector<Component> out;
    find_components({map.data(), kSide, kSide}, 0.5f, out, {});
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(4 * map.size()));
}
BENCHMARK(components)->UseRealTime()->Unit(benchmark::kMillisecond);

// PaDiM's shapes: ResNet-18 at 224 x 224, and a third of the positions of Wide-ResNet-50.
struct Gaussians {
  std::size_t positions, cols, images;
  std::vector<float> rows, scatter;
  std::vector<double> mean;

  explicit Gaussians(const benchmark::State& state)
      : positions(state.range(1) == 100 ? 3136 : 1024),
        cols(static_cast<std::size_t>(state.range(1))),
        images(static_cast<std::size_t>(state.range(2))),
        rows(features(images * positions, cols, 4)),
        scatter(positions * triangle_size(cols)),
        mean(positions * cols) {}

  void add(std::size_t seen, const Run& run) {
    add_moments({rows.data(), images * positions, cols}, positions, seen, {mean.data(), positions, cols},
                {scatter.data(), positions, triangle_size(cols)}, run);
  }
  void factorise(const Run& run) {
    ad::factorise({scatter.data(), positions, triangle_size(cols)}, cols, static_cast<double>(images), 0.01,
                  run);
  }
};

const std::vector<std::vector<std::int64_t>> kAddShapes{{1, 2}, {100, 550}, {8, 64}};

void moments_add(benchmark::State& state) {
  Gaussians gaussians(state);
  for (auto _ : state) gaussians.add(8, on(state));
  items(state, static_cast<double>(gaussians.images));
  // Each scatter is read and written, and takes a rank more than images.
  const auto size = static_cast<std::int64_t>(gaussians.scatter.size());
  state.SetBytesProcessed(state.iterations() *
                          (8 * size + 4 * static_cast<std::int64_t>(gaussians.rows.size())));
  state.counters["FLOP/s"] = benchmark::Counter(
      2.0 * static_cast<double>(size * state.iterations()) * static_cast<double>(gaussians.images + 1),
      benchmark::Counter::kIsRate);
}
BENCHMARK(moments_add)
    ->ArgsProduct(kAddShapes)
    ->ArgNames({"threads", "cols", "images"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void factorisation(benchmark::State& state) {
  Gaussians gaussians(state);
  gaussians.add(0, on(state));
  const std::vector<float> scatter = gaussians.scatter;
  for (auto _ : state) {
    state.PauseTiming();
    gaussians.scatter = scatter;
    state.ResumeTiming();
    gaussians.factorise(on(state));
  }
  const auto cols = static_cast<double>(gaussians.cols);
  const double steps = static_cast<double>(gaussians.positions) * static_cast<double>(state.iterations());
  state.counters["FLOP/s"] = benchmark::Counter(steps * cols * cols * cols / 3, benchmark::Counter::kIsRate);
}
BENCHMARK(factorisation)
    ->ArgsProduct({{1, 2}, {100, 550}, {8}})
    ->ArgNames({"threads", "cols", "images"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void mahalanobis_distances(benchmark::State& state) {
  Gaussians gaussians(state);
  gaussians.add(0, on(state));
  gaussians.factorise(on(state));
  const std::size_t rows = gaussians.images * gaussians.positions, cols = gaussians.cols;
  const std::vector<float> mean(gaussians.mean.begin(), gaussians.mean.end());
  std::vector<float> out(rows);
  for (auto _ : state) {
    mahalanobis({gaussians.rows.data(), rows, cols}, {mean.data(), gaussians.positions, cols},
                {gaussians.scatter.data(), gaussians.positions, triangle_size(cols)}, out.data(), on(state));
  }
  items(state, static_cast<double>(gaussians.images));
  const auto size = static_cast<std::int64_t>(gaussians.scatter.size());
  state.SetBytesProcessed(state.iterations() * 4 * (size + static_cast<std::int64_t>(gaussians.rows.size())));
  state.counters["FLOP/s"] = benchmark::Counter(
      2.0 * static_cast<double>(size * state.iterations()) * static_cast<double>(gaussians.images),
      benchmark::Counter::kIsRate);
}
BENCHMARK(mahalanobis_distances)
    ->ArgsProduct({{1, 2}, {100, 550}, {1, 8}})
    ->ArgNames({"threads", "cols", "images"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ad::bench
