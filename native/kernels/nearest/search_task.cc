#include "kernels/nearest/search_task.h"

#include <cmath>

#include "kernels/distance/distance.h"
#include "kernels/nearest/dense.h"

namespace ad::nearest {
namespace {

/// Brute force, for what the bounds were not made for: numbers near the limits of fp32.
TopK exhaustive(const Exact& exact, const CentredBank& bank, const float* query, const SearchTask& task,
                const Run& run) {
  TopK best(task.k);
  for (std::size_t p = task.segment.first; p < task.segment.end && !run.cancelled(); ++p) {
    best.offer(exact.measure(query, bank.order[p]));
  }
  return best;
}

}  // namespace

std::vector<TopK> search(const CentredBank& bank, const SearchTask& task, NotFinite& not_finite,
                         const Run& run) {
  const NearestKernels& kernels = kNearest.pick();
  const Exact exact{bank.rows, kDistance.pick().squared};
  const std::size_t cols = bank.rows.cols;
  std::vector<TopK> found(task.end - task.first, TopK(task.k));

  std::vector<float> storage((task.end - task.first) * cols);
  std::vector<std::size_t> scanned;
  std::vector<const float*> centred;
  std::vector<Shortlist<DenseBound>> shortlists;
  for (std::size_t q = task.first; q < task.end; ++q) {
    const float* query = task.queries.row(q);
    float* out = storage.data() + (q - task.first) * cols;
    kernels.subtract(query, bank.mean.data(), cols, out);
    const double norm = std::sqrt(kernels.squared_norm(out, cols));
    if (!not_finite.check(task.queries, q, norm)) continue;
    if (DenseBound::holds(norm, bank.max_norm)) {
      scanned.push_back(q - task.first);
      centred.push_back(out);
      shortlists.emplace_back(exact, query, DenseBound(norm, bank.max_norm, cols), task.k);
    } else {
      found[q - task.first] = exhaustive(exact, bank, query, task, run);
    }
  }
  if (shortlists.empty()) return found;

  DenseScanner scanner(kernels, bank, centred);
  scan(scanner, task.segment, shortlists, run);
  for (std::size_t i = 0; i < scanned.size(); ++i) found[scanned[i]] = shortlists[i].best();
  return found;
}

}  // namespace ad::nearest
