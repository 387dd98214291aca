#include "kernels/nearest/search_task.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/distance/distance.h"
#include "kernels/nearest/dense.h"

namespace ad::nearest {
namespace {

// A head that leaves more than one row in so many undecided has cost more than it saved. Where even the dense
// scan does (thousands of equal rows), the shortlist is only kept from growing without bound.
constexpr std::size_t kHeadUndecided = 16;
constexpr std::size_t kDenseUndecided = 2;

/// One query on its way through the scans.
struct Pending {
  const float* query;
  const float* centred;
  double norm;
  /// k rows are known to lie within this squared distance.
  float limit;
  TopK* answer;
};

/// Brute force, for what the bounds were not made for.
void exhaust(const Exact& exact, const CentredBank& bank, const SearchTask& task, const float* query,
             TopK& answer, const Run& run) {
  for (std::size_t p = task.segment.first; p < task.segment.end && !run.cancelled(); ++p) {
    answer.offer(exact.measure(query, bank.order[p]));
  }
}

/// Scans for all of `pending`; those that were given up come back.
template <class Scanner>
std::vector<Pending> scan_all(Scanner& scanner, const Exact& exact, const SearchTask& task,
                              const std::vector<Pending>& pending,
                              const std::vector<typename Scanner::Bound>& bounds, std::size_t capacity,
                              const Run& run) {
  std::vector<Shortlist<typename Scanner::Bound>> shortlists;
  shortlists.reserve(pending.size());
  for (std::size_t i = 0; i < pending.size(); ++i) {
    shortlists.emplace_back(exact, pending[i].query, bounds[i], task.k, capacity, pending[i].limit);
  }
  scan(scanner, task.segment, shortlists, run);
  std::vector<Pending> rest;
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (shortlists[i].given_up()) {
      rest.push_back(pending[i]);
      rest.back().limit = shortlists[i].limit();
    } else {
      *pending[i].answer = shortlists[i].best();
    }
  }
  return rest;
}

std::vector<const float*> centred_rows(const std::vector<Pending>& pending) {
  std::vector<const float*> rows;
  for (const Pending& one : pending) rows.push_back(one.centred);
  return rows;
}

std::vector<Pending> scan_head(const Head& head, const CentredBank& bank, const Exact& exact,
                               const SearchTask& task, const std::vector<Pending>& pending, const Run& run) {
  std::vector<double> norms;
  for (const Pending& one : pending) norms.push_back(one.norm);
  const Head::Queries queries = head.prepare(centred_rows(pending), norms);
  HeadScanner scanner(head, bank, queries.words);
  const std::size_t capacity = std::max(task.k, (task.segment.end - task.segment.first) / kHeadUndecided);
  return scan_all(scanner, exact, task, pending, queries.bounds, capacity, run);
}

std::vector<Pending> scan_dense(const CentredBank& bank, const Exact& exact, const SearchTask& task,
                                const std::vector<Pending>& pending, const Run& run) {
  std::vector<DenseBound> bounds;
  for (const Pending& one : pending) bounds.emplace_back(one.norm, bank.max_norm, bank.rows.cols);
  DenseScanner scanner(kNearest.pick(), bank, centred_rows(pending));
  const std::size_t capacity = std::max(task.k, (task.segment.end - task.segment.first) / kDenseUndecided);
  return scan_all(scanner, exact, task, pending, bounds, capacity, run);
}

}  // namespace

std::vector<TopK> search(const CentredBank& bank, const Head* head, const SearchTask& task,
                         NotFinite& not_finite, const Run& run) {
  const NearestKernels& kernels = kNearest.pick();
  const Exact exact{bank.rows, kDistance.pick().squared};
  const std::size_t cols = bank.rows.cols, count = task.end - task.first;
  std::vector<TopK> found(count, TopK(task.k));
  std::vector<float> centred(count * cols);
  std::vector<Pending> pending;
  for (std::size_t i = 0; i < count; ++i) {
    const float* query = task.queries.row(task.first + i);
    float* out = centred.data() + i * cols;
    kernels.subtract(query, bank.mean.data(), cols, out);
    const double norm = std::sqrt(kernels.dot(out, out, cols));
    if (!not_finite.check(task.queries, task.first + i, norm)) continue;
    if (DenseBound::holds(norm, bank.max_norm)) {
      pending.push_back({query, out, norm, std::numeric_limits<float>::infinity(), &found[i]});
    } else {
      exhaust(exact, bank, task, query, found[i], run);
    }
  }
  if (head != nullptr && !pending.empty()) pending = scan_head(*head, bank, exact, task, pending, run);
  if (!pending.empty()) pending = scan_dense(bank, exact, task, pending, run);
  for (const Pending& one : pending) exhaust(exact, bank, task, one.query, *one.answer, run);
  return found;
}

}  // namespace ad::nearest
