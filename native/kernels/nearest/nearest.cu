// Exact k nearest neighbours on the device. The bank stays there; queries pass in chunks:
//   head_prepare -> head_best -> head_limits -> head_hits -> head_answer    where the bank has a head
//   nearest_exhaustive -> nearest_select                                    for what is left, or without a
//   head
#include <algorithm>
#include <cmath>
#include <optional>

#include "cuda/arena.h"
#include "cuda/pipeline.h"
#include "cuda/rooms.h"
#include "kernels/nearest/exhaustive.cuh"
#include "kernels/nearest/head.cuh"

namespace ad::cuda {
namespace {

// Queries of a chunk: enough blocks for the device, little enough workspace.
constexpr std::size_t kQueriesAtOnce = 1024;
// Hits of a query that are listed; with more, measuring all rows is not much slower.
constexpr unsigned kHitCapacity = 2048;
// Segments of the bank: as many as keep every multiprocessor busy, in the case of few queries.
constexpr unsigned kMaxSegments = 32;
constexpr unsigned kBlocksPerMultiprocessor = 4;

unsigned segments_for(std::size_t query_tiles, std::size_t row_tiles) {
  const std::size_t wanted = ceil_div(std::size_t{kBlocksPerMultiprocessor} * multiprocessors(), query_tiles);
  return static_cast<unsigned>(
      std::clamp<std::size_t>(wanted, 1, std::min<std::size_t>(kMaxSegments, row_tiles)));
}

}  // namespace
}  // namespace ad::cuda

/// The resident bank.
struct ad_nearest {
  ad_nearest(const ad_nearest_bank& bank, const ad::cuda::Call& call);

  unsigned rows, cols;
  bool has_head;
  ad::cuda::DeviceHead head{};
  float* bank = nullptr;
  ad::cuda::ArenaPlan plan;
  std::optional<ad::cuda::Arena> arena;
};

namespace ad::cuda {
namespace {

/// Bound on |computed - true| of a query's products with the axes, relative to its norm: each lane sums a
/// 32nd of the columns with fused multiply-adds, five more additions fold the lanes. As in HeadMap otherwise.
double relative_error(const ad_nearest_head& head, std::size_t cols) {
  const double roundings = std::ceil(static_cast<double>(cols) / kWarp) + 6;
  const double gamma = 1.01 * kUnitRoundoff * roundings;
  return gamma * std::sqrt(static_cast<double>(head.axis_count)) * (1 + head.axes_defect) + head.axes_defect +
         1.01 * kUnitRoundoff;
}

/// One search's memory and launches.
class Search {
 public:
  Search(const ad_nearest& index, const ad_nearest_query& query, const Call& call)
      : index_(index),
        query_(query),
        k_(static_cast<int>(query.k)),
        pipeline_(query.rows, index.cols * sizeof(float), kQueriesAtOnce),
        head_segments_(segments_for(ceil_div(pipeline_.chunk(), kHeadTile), ceil_div(index.rows, kHeadTile))),
        exact_segments_(
            segments_for(ceil_div(pipeline_.chunk(), kExactQueries), ceil_div(index.rows, kExactRows))),
        capacity_(std::min(kHitCapacity, index.rows)) {
    const std::size_t chunk = pipeline_.chunk(), k = query.k;
    ArenaPlan plan;
    queries_ = pipeline_.input(plan, query.queries, index.cols * sizeof(float));
    indices_ = pipeline_.output(plan, query.indices, k * sizeof(std::uint32_t));
    distances_ = pipeline_.output(plan, query.distances, k * sizeof(float));
    for (int i = 0; i < pipeline_.lanes(); ++i) {
      Lane& lane = lanes_[i];
      lane.exact = plan.add<Key>(chunk * exact_segments_ * k);
      lane.counts = plan.add<unsigned>(chunk + 1);
      lane.listed = plan.add<unsigned>(chunk);
      if (!index.has_head) continue;
      lane.words = plan.add<int>(chunk * index.head.words);
      lane.bounds = plan.add<QueryBound>(chunk);
      lane.thresholds = plan.add<int>(chunk);
      lane.best = plan.add<Key>(chunk * head_segments_ * k);
      lane.hits = plan.add<Key>(chunk * capacity_);
    }
    total_ = plan.add<unsigned long long>(1);
    arena_.emplace(plan, call);
  }

  void run(const Call& call) {
    const unsigned long long zero = 0;
    upload(arena_->at(total_), &zero, sizeof zero, call);
    pipeline_.run(*arena_, call, [&](cudaStream_t stream, int lane, std::size_t, std::size_t count) {
      start(stream, lane, static_cast<unsigned>(count));
    });
    if (query_.exhaustive == nullptr) return;
    unsigned long long total = 0;
    check(cudaMemcpy(&total, arena_->at(total_), sizeof total, cudaMemcpyDeviceToHost), "reading a counter");
    *query_.exhaustive = total;
  }

 private:
  struct Lane {
    Block<Key> exact, best, hits;
    Block<unsigned> counts, listed;
    Block<int> words, thresholds;
    Block<QueryBound> bounds;
  };

  void start(cudaStream_t stream, int i, unsigned count) const {
    const Lane& lane = lanes_[i];
    const float* const queries = pipeline_.device<float>(*arena_, queries_, i);
    unsigned* const indices = pipeline_.device<unsigned>(*arena_, indices_, i);
    float* const distances = pipeline_.device<float>(*arena_, distances_, i);
    unsigned* const listed = index_.has_head ? arena_->at(lane.listed) : nullptr;
    unsigned* const listed_count = arena_->at(lane.counts) + pipeline_.chunk();
    if (index_.has_head) start_head(stream, lane, queries, count, indices, distances, listed, listed_count);

    Key* const keys = arena_->at(lane.exact);
    launch(stream, nearest_exhaustive, dim3(blocks_for(count, kExactQueries), exact_segments_),
           dim3(kExactThreads), 0, queries, listed, listed_count, count, index_.bank, index_.rows,
           index_.cols, k_, keys);
    launch(stream, nearest_select, dim3(count), dim3(kSelectThreads), 0, keys,
           exact_segments_ * static_cast<unsigned>(k_), listed, listed_count, count, k_, indices, distances);
    launch(stream, count_exhaustive, dim3(1), dim3(1), 0, index_.has_head ? listed_count : nullptr, count,
           arena_->at(total_));
  }

  void start_head(cudaStream_t stream, const Lane& lane, const float* queries, unsigned count,
                  unsigned* indices, float* distances, unsigned* listed, unsigned* listed_count) const {
    const DeviceHead& head = index_.head;
    unsigned* const hit_counts = arena_->at(lane.counts);
    int* const words = arena_->at(lane.words);
    int* const thresholds = arena_->at(lane.thresholds);
    QueryBound* const bounds = arena_->at(lane.bounds);
    Key* const best = arena_->at(lane.best);
    Key* const hits = arena_->at(lane.hits);
    check(cudaMemsetAsync(listed_count, 0, sizeof(unsigned), stream), "clearing a counter");

    const std::size_t prepared = (index_.cols + head.axis_count + 1) * sizeof(float);
    allow_shared(head_prepare, prepared);
    launch(stream, head_prepare, dim3(count), dim3(kPrepareThreads), prepared, queries, index_.cols, head,
           capacity_ + 1, words, bounds, hit_counts);
    const dim3 grid(blocks_for(count, kHeadTile), head_segments_);
    const std::size_t shared = head_shared_bytes(head.words, k_);
    allow_shared(head_best, shared);
    launch(stream, head_best, grid, dim3(kHeadThreads), shared, words, count, head.cells, head.half_norms,
           index_.rows, head.words, k_, best);
    launch(stream, head_limits, dim3(count), dim3(kSelectThreads), 0, queries, index_.bank, index_.cols, head,
           best, head_segments_ * static_cast<unsigned>(k_), k_, bounds, hit_counts, thresholds);
    const std::size_t tiles = 2 * static_cast<std::size_t>(head.words) * kHeadStride * sizeof(int);
    allow_shared(head_hits, tiles);
    launch(stream, head_hits, grid, dim3(kHeadThreads), tiles, words, count, head.cells, head.half_norms,
           index_.rows, head.words, thresholds, capacity_, hits, hit_counts);
    launch(stream, head_answer, dim3(count), dim3(kSelectThreads), 0, queries, index_.bank, index_.cols, hits,
           capacity_, hit_counts, k_, indices, distances, listed, listed_count);
  }

  const ad_nearest& index_;
  const ad_nearest_query& query_;
  const int k_;
  Pipeline pipeline_;
  const unsigned head_segments_, exact_segments_, capacity_;
  std::size_t queries_ = 0, indices_ = 0, distances_ = 0;
  Lane lanes_[Pipeline::kLanes];
  Block<unsigned long long> total_;
  std::optional<Arena> arena_;
};

}  // namespace

ad_nearest* create_nearest(const ad_nearest_bank& bank, const Call& call) {
  return new ad_nearest(bank, call);
}

void destroy_nearest(ad_nearest* index) {
  delete index;
}

void search_nearest(ad_nearest& index, const ad_nearest_query& query, const Call& call) {
  if (query.k < 1 || query.k > AD_NEAREST_MAX_K || query.k > index.rows) {
    throw Failure(AD_INVALID_ARGUMENT, "k is " + std::to_string(query.k) + "; expected 1 to " +
                                           std::to_string(std::min(AD_NEAREST_MAX_K, index.rows)));
  }
  if (query.exhaustive != nullptr) *query.exhaustive = 0;
  if (query.rows > 0) Search(index, query, call).run(call);
}

}  // namespace ad::cuda

ad_nearest::ad_nearest(const ad_nearest_bank& from, const ad::cuda::Call& call)
    : rows(static_cast<unsigned>(from.rows)),
      cols(static_cast<unsigned>(from.cols)),
      has_head(from.head.cells != nullptr) {
  if (from.rows == 0 || from.cols == 0 || from.rows >= UINT32_MAX || from.cols >= UINT32_MAX) {
    throw ad::cuda::Failure(AD_INVALID_ARGUMENT, "the bank's rows or columns are beyond 32 bits");
  }
  const ad_nearest_head& h = from.head;
  const std::size_t cells = has_head ? from.rows * h.words : 0, norms = has_head ? from.rows : 0,
                    axes = has_head ? h.axis_count * from.cols : 0, mean = has_head ? from.cols : 0;
  const auto bank_block = plan.add<float>(from.rows * from.cols);
  const auto cell_block = plan.add<int>(cells);
  const auto norm_block = plan.add<int>(norms);
  const auto axis_block = plan.add<float>(axes);
  const auto mean_block = plan.add<float>(mean);
  arena.emplace(plan, call);

  bank = arena->at(bank_block);
  ad::cuda::upload(bank, from.rows_data, from.rows * from.cols * sizeof(float), call);
  if (!has_head) return;
  ad::cuda::upload(arena->at(cell_block), h.cells, cells * sizeof(int), call);
  ad::cuda::upload(arena->at(norm_block), h.half_norms, norms * sizeof(int), call);
  ad::cuda::upload(arena->at(axis_block), h.axes, axes * sizeof(float), call);
  ad::cuda::upload(arena->at(mean_block), h.mean, mean * sizeof(float), call);
  head.cells = arena->at(cell_block);
  head.half_norms = arena->at(norm_block);
  head.axes = arena->at(axis_block);
  head.mean = arena->at(mean_block);
  head.words = h.words;
  head.axis_count = h.axis_count;
  head.relative_error = ad::cuda::relative_error(h, from.cols);
  head.shortest_tail = h.shortest_tail;
  head.max_norm = h.max_norm;
  head.max_error = h.max_error;
  head.tail_centre = h.tail_centre;
  head.cells_per_unit = h.cells_per_unit;
}
