// Projection and coreset at full size, beside one pass per centre, on rows from a file:
//
//   ad_coreset_bench <rows.f32> <columns> [threads] [rounds] [centres of the plain loop, 0 = all]
//
// With all centres the two selections are compared, index for index.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "kernels/coreset/coreset.h"
#include "kernels/projection/projection.h"
#include "naive_coreset.h"

namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::vector<float> read_floats(const char* path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::vector<float> out(static_cast<std::size_t>(file.tellg()) / sizeof(float));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size() * sizeof(float)));
  return out;
}

/// As in scikit-learn, eps = 0.9: see packages/core-native/src/projection.ts.
std::size_t components_of(std::size_t rows) {
  constexpr double kEps = 0.9;
  return static_cast<std::size_t>(4 * std::log(static_cast<double>(rows)) /
                                  (kEps * kEps / 2 - kEps * kEps * kEps / 3));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s <rows.f32> <columns> [threads] [rounds] [plain centres]\n", argv[0]);
    return 2;
  }
  const std::vector<float> data = read_floats(argv[1]);
  const std::size_t cols = std::strtoul(argv[2], nullptr, 10), rows = data.size() / cols, count = rows / 10;
  const ad::Run run{argc > 3 ? std::atoi(argv[3]) : 2, nullptr, {}};
  const int rounds = argc > 4 ? std::atoi(argv[4]) : 3;
  std::size_t centres = argc > 5 ? std::strtoul(argv[5], nullptr, 10) : 200;
  if (centres == 0) centres = count;

  const std::size_t components = std::min(components_of(rows), cols);
  std::vector<float> projected(rows * components);
  std::printf("%zu rows of %zu columns, %zu components, %zu centres, %d threads\n", rows, cols, components,
              count, run.threads);
  ad::Coreset ours;
  for (int round = 0; round < rounds; ++round) {
    auto begin = std::chrono::steady_clock::now();
    ad::sparse_projection({data.data(), rows, cols}, 1 / std::sqrt(static_cast<double>(cols)), 1,
                          {projected.data(), rows, components}, run);
    const double projection = seconds_since(begin);
    begin = std::chrono::steady_clock::now();
    ad::greedy_coreset({projected.data(), rows, components}, count, 0, ours, run);
    const double coreset = seconds_since(begin);
    begin = std::chrono::steady_clock::now();
    const auto plain = ad::bench::naive_coreset({projected.data(), rows, components}, centres, 0, run);
    const double loop = seconds_since(begin) * static_cast<double>(count) / static_cast<double>(centres);
    const bool same = std::equal(plain.begin(), plain.end(), ours.rows.begin());
    std::printf(
        "projection %.2f s, coreset %.2f s, together %.2f s; one pass per centre %.1f s%s: %.0f times; "
        "%zu rows compared: %s\n",
        projection, coreset, projection + coreset, loop, centres < count ? " (extrapolated)" : "",
        loop / (projection + coreset), plain.size(), same ? "identical" : "DIFFERENT");
    std::fflush(stdout);
    if (!same) return 1;
  }
  return 0;
}
