// Every neighbour that a search finds, row and bits of the distance, against brute force with the canonical
// distance:
//
//   ad_nearest_check <bank.f32> <queries.f32> <columns> <queries per search> [threads] [k ...]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <vector>

#include "cpu/parallel.h"
#include "kernels/distance/distance.h"
#include "kernels/nearest/nearest.h"
#include "kernels/nearest/top_k.h"

namespace {

std::vector<float> read_floats(const char* path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::vector<float> out(static_cast<std::size_t>(file.tellg()) / sizeof(float));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size() * sizeof(float)));
  return out;
}

/// The k nearest rows of each query by measuring them all, a few queries a task so that a row is read for
/// all.
std::vector<ad::nearest::TopK> brute_force(ad::MatrixView<const float> bank,
                                           ad::MatrixView<const float> queries, std::size_t k,
                                           const ad::Run& run) {
  constexpr std::size_t kQueries = 16;
  std::vector<ad::nearest::TopK> found(queries.rows, ad::nearest::TopK(k));
  const ad::Status status =
      ad::parallel_for(run, (queries.rows + kQueries - 1) / kQueries, [&](std::size_t task, int) {
        const std::size_t end = std::min(queries.rows, (task + 1) * kQueries);
        for (std::size_t row = 0; row < bank.rows; ++row) {
          for (std::size_t q = task * kQueries; q < end; ++q) {
            found[q].offer({ad::squared_distance(queries.row(q), bank.row(row), bank.cols),
                            static_cast<std::uint32_t>(row)});
          }
        }
      });
  if (!status.ok()) std::abort();
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fprintf(stderr,
                 "usage: %s <bank.f32> <queries.f32> <columns> <queries per search> [threads] [k ...]\n",
                 argv[0]);
    return 2;
  }
  const std::vector<float> rows = read_floats(argv[1]), points = read_floats(argv[2]);
  const std::size_t cols = std::strtoul(argv[3], nullptr, 10), batch = std::strtoul(argv[4], nullptr, 10);
  const ad::Run run{argc > 5 ? std::atoi(argv[5]) : 2, nullptr, {}};
  std::vector<std::size_t> ks;
  for (int i = 6; i < argc; ++i) ks.push_back(std::strtoul(argv[i], nullptr, 10));
  if (ks.empty()) ks = {1, 9};
  const std::size_t most = *std::max_element(ks.begin(), ks.end());

  const ad::MatrixView<const float> bank{rows.data(), rows.size() / cols, cols};
  std::unique_ptr<ad::NearestIndex> index;
  if (!ad::NearestIndex::build(bank, index, run).ok()) return 2;
  std::vector<std::size_t> wrong(ks.size());
  const std::size_t queries = points.size() / cols;
  for (std::size_t first = 0; first < queries; first += batch) {
    const ad::MatrixView<const float> some{points.data() + first * cols, std::min(batch, queries - first),
                                           cols};
    const std::vector<ad::nearest::TopK> truth = brute_force(bank, some, most, run);
    for (std::size_t i = 0; i < ks.size(); ++i) {
      std::vector<std::uint32_t> indices(some.rows * ks[i]);
      std::vector<float> distances(indices.size());
      if (!index->search(some, ks[i], indices.data(), distances.data(), run).ok()) return 2;
      for (std::size_t j = 0; j < indices.size(); ++j) {
        const ad::nearest::Neighbour& expected = truth[j / ks[i]].sorted()[j % ks[i]];
        wrong[i] += indices[j] != expected.row || distances[j] != std::sqrt(expected.squared);
      }
    }
  }
  std::size_t all = 0;
  for (std::size_t i = 0; i < ks.size(); ++i) {
    std::printf("k = %zu: %zu wrong among %zu queries\n", ks[i], wrong[i], queries);
    all += wrong[i];
  }
  return all == 0 ? 0 : 1;
}
