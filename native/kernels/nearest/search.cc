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
#include "kernels/nearest/head_scan.h"
#include "kernels/nearest/head_shortlist.h"

namespace ad::nearest {
namespace {

constexpr std::size_t kQueriesPerTask = 32;
// Queries that go through a scan together: few enough to share the work evenly; but scans in bytes want a
// tile of rows to meet many, and the dense scan packs each panel anew for every chunk, which weighs more.
constexpr std::size_t kHeadChunk = 48, kByteChunk = 256, kDenseChunk = 512;
// A scan gives a query up once it leaves more than one row in so many undecided. The first scan of the head
// does so early: what it has by then learnt of the query's limit is worth more to the second. Where even the
// dense scan does (thousands of equal rows), shortlists are only kept from growing without bound.
constexpr std::size_t kHeadUndecided[] = {48, 16};
constexpr std::size_t kByteUndecided = 16;
constexpr std::size_t kDenseUndecided = 2;

/// One query on its way through the scans.
struct Query {
  const float* row;
  /// Of the query less the bank's mean.
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
    // The rows near a query by first sight may be far from it: then it gives up, and the best scored of all
    // rows limit its second scan.
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
    if (status.ok() && head_ != nullptr) {
      status = pass(run.stage(0.65, 0.75), kByteChunk,
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
  /// Measures the queries; those that the bounds were not made for go to the exhaustive search.
  Status prepare(MatrixView<const float> queries, std::vector<TopK>& found, const Run& run) {
    const std::size_t cols = queries.cols;
    found.assign(queries.rows, TopK(k_));
    std::vector<Query> all(queries.rows);
    NotFinite not_finite;
    const std::size_t tasks = (queries.rows + kQueriesPerTask - 1) / kQueriesPerTask;
    const Status status = parallel_for(run, tasks, [&](std::size_t task, int) {
      const std::size_t end = std::min((task + 1) * kQueriesPerTask, queries.rows);
      std::vector<float> centred(cols);
      for (std::size_t q = task * kQueriesPerTask; q < end; ++q) {
        kernels_.subtract(queries.row(q), bank_.mean.data(), cols, centred.data());
        const double norm = std::sqrt(kernels_.dot(centred.data(), centred.data(), cols));
        not_finite.check(queries, q, norm);
        all[q] = {queries.row(q), norm, &found[q]};
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
    const CentredRows centred(*this, queries);
    std::vector<double> norms;
    for (const Query& query : queries) norms.push_back(query.norm);
    const Head::Queries ready = head_->prepare(centred.rows, norms);
    const std::size_t width = head_->shape().queries;
    const std::size_t capacity = std::max(k_, (segment.end - segment.first) / undecided);
    HeadScan scan(*head_, segment, k_);
    std::vector<Part> parts;
    parts.reserve(queries.size());
    std::vector<HeadShortlist> shortlists;
    shortlists.reserve(width);
    for (std::size_t first = 0; first < queries.size() && !run.cancelled(); first += width) {
      shortlists.clear();
      for (std::size_t q = first; q < std::min(first + width, queries.size()); ++q) {
        shortlists.emplace_back(exact_, *bytes_, queries[q].row,
                                bytes_->prepare(centred.rows[q], queries[q].norm), ready.bounds[q], k_,
                                capacity, queries[q].limit);
      }
      scan.scan(ready.words.data() + first / width * head_->tile_words(), shortlists);
      for (HeadShortlist& shortlist : shortlists) {
        shortlist.finish();
        parts.push_back({shortlist.best(), shortlist.limit(), shortlist.given_up()});
      }
    }
    return parts;
  }

  std::vector<Part> scan_byte_rows(const std::vector<Query>& queries, Positions segment,
                                   const Run& run) const {
    const CentredRows centred(*this, queries);
    const std::size_t capacity = std::max(k_, (segment.end - segment.first) / kByteUndecided);
    std::vector<ByteShortlist> shortlists;
    shortlists.reserve(queries.size());
    for (std::size_t i = 0; i < queries.size(); ++i) {
      shortlists.emplace_back(exact_, queries[i].row, bytes_->prepare(centred.rows[i], queries[i].norm), k_,
                              capacity, queries[i].limit);
    }
    scan_bytes(*bytes_, segment, shortlists, run);
    return parts_of(shortlists, run);
  }

  std::vector<Part> scan_dense(const std::vector<Query>& queries, Positions segment, const Run& run) const {
    std::vector<DenseBound> bounds;
    for (const Query& query : queries) bounds.emplace_back(query.norm, bank_.max_norm, bank_.rows.cols);
    const CentredRows centred(*this, queries);
    DenseScanner scanner(kernels_, bank_, centred.rows);
    const std::size_t capacity = std::max(k_, (segment.end - segment.first) / kDenseUndecided);
    std::vector<Shortlist<DenseBound>> shortlists;
    shortlists.reserve(queries.size());
    for (std::size_t i = 0; i < queries.size(); ++i) {
      shortlists.emplace_back(exact_, queries[i].row, bounds[i], k_, capacity, queries[i].limit);
    }
    scan(scanner, segment, shortlists, run);
    return parts_of(shortlists, run);
  }

  /// What finished shortlists know.
  template <class AnyShortlist>
  static std::vector<Part> parts_of(std::vector<AnyShortlist>& shortlists, const Run& run) {
    std::vector<Part> parts;
    parts.reserve(shortlists.size());
    for (auto& shortlist : shortlists) {
      if (run.cancelled()) break;
      shortlist.finish();
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

  /// Queries less the bank's mean: made where they are used, they stay in the cache.
  struct CentredRows {
    LargeVector<float> data;
    std::vector<const float*> rows;

    CentredRows(const Search& search, const std::vector<Query>& queries) {
      const std::size_t cols = search.bank_.rows.cols;
      data.resize(queries.size() * cols);
      for (std::size_t i = 0; i < queries.size(); ++i) {
        float* out = data.data() + i * cols;
        search.kernels_.subtract(queries[i].row, search.bank_.mean.data(), cols, out);
        rows.push_back(out);
      }
    }
  };

  const NearestKernels& kernels_;
  const Exact exact_;
  const CentredBank& bank_;
  const Head* head_;
  const ByteRows* bytes_;
  const std::size_t k_;
  std::vector<Query> pending_;
  std::vector<Query> exhaustive_;
};

}  // namespace

Status search(const CentredBank& bank, const Head* head, const ByteRows* bytes,
              MatrixView<const float> queries, std::size_t k, std::vector<TopK>& found, const Run& run) {
  return Search(bank, head, bytes, k).run(queries, found, run);
}

}  // namespace ad::nearest
