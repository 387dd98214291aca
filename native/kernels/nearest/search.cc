#include "kernels/nearest/search.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "cpu/large_vector.h"
#include "cpu/parallel.h"
#include "kernels/distance/distance.h"
#include "kernels/nearest/byte_scan.h"
#include "kernels/nearest/cut.h"
#include "kernels/nearest/dense.h"
#include "kernels/nearest/finite.h"

namespace ad::nearest {
namespace {

constexpr std::size_t kQueriesPerTask = 32;
// Queries that go through a scan together: few enough to share the work evenly and to stay in the
// second-level cache; but the dense scan packs each panel anew for every chunk, which weighs more.
constexpr std::size_t kHeadChunk = 256, kDenseChunk = 512;
// A scan gives a query up once it leaves more than one row in so many undecided. The first scan of the head
// does so early: what it has by then learnt of the query's limit is worth more to the second. Where even the
// dense scan does (thousands of equal rows), shortlists are only kept from growing without bound.
constexpr std::size_t kHeadUndecided[] = {48, 16};
constexpr std::size_t kByteUndecided = 16;
constexpr std::size_t kDenseUndecided = 2;

/// One query on its way through the scans.
struct Query {
  const float* row;
  const float* centred;
  double norm;
  TopK* answer;
  /// k rows are known to lie within this squared distance.
  float limit = std::numeric_limits<float>::infinity();
};

/// What a scan of one segment of the bank found for one query.
struct Part {
  TopK best;
  float limit;
  bool given_up;
};

/// What all scans of a search share.
class Search {
 public:
  Search(const CentredBank& bank, const Head* head, const ByteRows* bytes, std::size_t k)
      : kernels_(kNearest.pick()),
        exact_{bank.rows, kDistance.pick().squared},
        bank_(bank),
        head_(head),
        bytes_(bytes),
        k_(k) {}

  Status run(MatrixView<const float> queries, std::vector<TopK>& found, const Run& run) {
    Status status = prepare(queries, found, run.stage(0, 0.05));
    // A query near to k rows and far from all others may give up before it meets the k: they limit its second
    // scan.
    double begin = 0.05;
    for (const std::size_t undecided : kHeadUndecided) {
      if (!status.ok() || head_ == nullptr) break;
      status = pass(run.stage(begin, begin + 0.3), kHeadChunk,
                    [&](const std::vector<Query>& some, Positions segment, const Run& run) {
                      return scan_head(some, undecided, segment, run);
                    });
      begin += 0.3;
    }
    // What the head's few coordinates cannot decide, all columns in bytes mostly can.
    if (status.ok() && head_ != nullptr && bytes_ != nullptr) {
      status = pass(run.stage(0.65, 0.75), kHeadChunk,
                    [&](const std::vector<Query>& some, Positions segment, const Run& run) {
                      return scan_byte_rows(some, segment, run);
                    });
    }
    if (status.ok()) {
      status = pass(run.stage(0.75, 0.95), kDenseChunk,
                    [&](const std::vector<Query>& some, Positions segment, const Run& run) {
                      return scan_dense(some, segment, run);
                    });
    }
    if (status.ok()) status = exhaust(run.stage(0.95, 1));
    if (status.ok()) run.report(1);
    return status;
  }

 private:
  /// Centres and measures the queries; those that the bounds were not made for go to the exhaustive search.
  Status prepare(MatrixView<const float> queries, std::vector<TopK>& found, const Run& run) {
    const std::size_t cols = queries.cols;
    found.assign(queries.rows, TopK(k_));
    centred_.resize(queries.size());
    std::vector<Query> all(queries.rows);
    NotFinite not_finite;
    const std::size_t tasks = (queries.rows + kQueriesPerTask - 1) / kQueriesPerTask;
    const Status status = parallel_for(run, tasks, [&](std::size_t task, int) {
      const std::size_t end = std::min((task + 1) * kQueriesPerTask, queries.rows);
      for (std::size_t q = task * kQueriesPerTask; q < end; ++q) {
        float* centred = centred_.data() + q * cols;
        kernels_.subtract(queries.row(q), bank_.mean.data(), cols, centred);
        const double norm = std::sqrt(kernels_.dot(centred, centred, cols));
        not_finite.check(queries, q, norm);
        all[q] = {queries.row(q), centred, norm, &found[q]};
      }
    });
    if (!status.ok()) return status;
    if (not_finite.any()) return not_finite.status("queries", queries);
    for (const Query& query : all) {
      (DenseBound::holds(query.norm, bank_.max_norm) ? pending_ : exhaustive_).push_back(query);
    }
    return {};
  }

  /// Scans the bank for all pending queries. Pending remain those that the scan gave up.
  template <class Scan>
  Status pass(const Run& run, std::size_t max_chunk, const Scan& scan) {
    const Cut cut(pending_.size(), bank_.rows.rows, max_chunk, run.threads);
    std::vector<std::vector<Part>> parts(cut.tasks());
    const Status status = parallel_for(run, cut.tasks(), [&](std::size_t task, int) {
      const auto at = [&](std::size_t chunk) {
        return pending_.begin() + static_cast<std::ptrdiff_t>(cut.first_query(chunk));
      };
      const std::size_t chunk = task / cut.segments;
      parts[task] = scan({at(chunk), at(chunk + 1)}, cut.segment(task % cut.segments), run);
    });
    if (!status.ok()) return status;

    std::vector<Query> rest;
    for (std::size_t chunk = 0; chunk < cut.chunks; ++chunk) {
      for (std::size_t q = cut.first_query(chunk); q < cut.first_query(chunk + 1); ++q) {
        Query& query = pending_[q];
        TopK best(k_);
        bool given_up = false;
        for (std::size_t s = 0; s < cut.segments; ++s) {
          const Part& part = parts[chunk * cut.segments + s][q - cut.first_query(chunk)];
          for (const Neighbour& neighbour : part.best.sorted()) best.offer(neighbour);
          query.limit = std::min(query.limit, part.limit);
          given_up |= part.given_up;
        }
        if (given_up) {
          rest.push_back(query);
        } else {
          *query.answer = best;
        }
      }
    }
    pending_ = std::move(rest);
    return {};
  }

  std::vector<Part> scan_head(const std::vector<Query>& queries, std::size_t undecided, Positions segment,
                              const Run& run) const {
    std::vector<double> norms;
    for (const Query& query : queries) norms.push_back(query.norm);
    const Head::Queries ready = head_->prepare(centred_rows(queries), norms);
    HeadScanner scanner(*head_, bank_, ready.words);
    return scan_with(scanner, ready.bounds, undecided, queries, segment, run,
                     [&](Shortlist<HeadBound>& shortlist, const Query& query) {
                       if (bytes_ == nullptr) return shortlist.finish();
                       shortlist.finish(*bytes_, query.centred, query.norm);
                     });
  }

  std::vector<Part> scan_byte_rows(const std::vector<Query>& queries, Positions segment,
                                   const Run& run) const {
    const std::size_t capacity = std::max(k_, (segment.end - segment.first) / kByteUndecided);
    std::vector<ByteShortlist> shortlists;
    shortlists.reserve(queries.size());
    for (const Query& query : queries) {
      shortlists.emplace_back(exact_, query.row, bytes_->prepare(query.centred, query.norm), k_, capacity,
                              query.limit);
    }
    scan_bytes(*bytes_, segment, shortlists, run);
    return parts_of(shortlists, run, [](ByteShortlist& shortlist, std::size_t) { shortlist.finish(); });
  }

  std::vector<Part> scan_dense(const std::vector<Query>& queries, Positions segment, const Run& run) const {
    std::vector<DenseBound> bounds;
    for (const Query& query : queries) bounds.emplace_back(query.norm, bank_.max_norm, bank_.rows.cols);
    DenseScanner scanner(kernels_, bank_, centred_rows(queries));
    return scan_with(scanner, bounds, kDenseUndecided, queries, segment, run,
                     [](Shortlist<DenseBound>& shortlist, const Query&) { shortlist.finish(); });
  }

  template <class Scanner, class Finish>
  std::vector<Part> scan_with(Scanner& scanner, const std::vector<typename Scanner::Bound>& bounds,
                              std::size_t undecided, const std::vector<Query>& queries, Positions segment,
                              const Run& run, const Finish& finish) const {
    const std::size_t capacity = std::max(k_, (segment.end - segment.first) / undecided);
    std::vector<Shortlist<typename Scanner::Bound>> shortlists;
    shortlists.reserve(queries.size());
    for (std::size_t i = 0; i < queries.size(); ++i) {
      shortlists.emplace_back(exact_, queries[i].row, bounds[i], k_, capacity, queries[i].limit);
    }
    scan(scanner, segment, shortlists, run);
    return parts_of(shortlists, run, [&](auto& shortlist, std::size_t i) { finish(shortlist, queries[i]); });
  }

  /// What finished shortlists know.
  template <class AnyShortlist, class Finish>
  static std::vector<Part> parts_of(std::vector<AnyShortlist>& shortlists, const Run& run,
                                    const Finish& finish) {
    std::vector<Part> parts;
    parts.reserve(shortlists.size());
    for (std::size_t i = 0; i < shortlists.size() && !run.cancelled(); ++i) {
      auto& shortlist = shortlists[i];
      finish(shortlist, i);
      parts.push_back({shortlist.best(), shortlist.limit(), shortlist.given_up()});
    }
    return parts;
  }

  /// Brute force for what is left.
  Status exhaust(const Run& run) {
    exhaustive_.insert(exhaustive_.end(), pending_.begin(), pending_.end());
    return parallel_for(run, exhaustive_.size(), [&](std::size_t q, int) {
      for (std::size_t row = 0; row < bank_.rows.rows; ++row) {
        if (row % 256 == 0 && run.cancelled()) return;
        exhaustive_[q].answer->offer(exact_.measure(exhaustive_[q].row, static_cast<std::uint32_t>(row)));
      }
    });
  }

  static std::vector<const float*> centred_rows(const std::vector<Query>& queries) {
    std::vector<const float*> rows;
    for (const Query& query : queries) rows.push_back(query.centred);
    return rows;
  }

  const NearestKernels& kernels_;
  const Exact exact_;
  const CentredBank& bank_;
  const Head* head_;
  const ByteRows* bytes_;
  const std::size_t k_;
  LargeVector<float> centred_;
  std::vector<Query> pending_;
  std::vector<Query> exhaustive_;
};

}  // namespace

Status search(const CentredBank& bank, const Head* head, const ByteRows* bytes,
              MatrixView<const float> queries, std::size_t k, std::vector<TopK>& found, const Run& run) {
  return Search(bank, head, bytes, k).run(queries, found, run);
}

}  // namespace ad::nearest
