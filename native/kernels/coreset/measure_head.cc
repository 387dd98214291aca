#include "kernels/coreset/measure_head.h"

#include <algorithm>
#include <array>
#include <limits>

#include "kernels/distance/distance.h"

namespace ad::coreset {
namespace {

constexpr float kNever = std::numeric_limits<float>::max();
// Panels of centres that tiles meet before they are asked again whether they are still candidates; with a
// block's points they fit into the second-level cache.
constexpr std::size_t kPanelBlock = 8;
// The largest tile of any level: 16 queries x 64 rows.
constexpr std::size_t kMaxQueries = 16, kMaxRows = 64;

/// Calls body(lane) for each bit that is set.
template <class Body>
void for_each_bit(std::uint64_t bits, Body body) {
  for (; bits != 0; bits &= bits - 1) body(static_cast<std::size_t>(__builtin_ctzll(bits)));
}

/// Points that meet centres together.
struct Tile {
  std::vector<float> values;
  std::array<float, kMaxQueries> thresholds;
  std::size_t size;
  /// Centres that all of them have met.
  std::size_t met;
};

}  // namespace

MeasureHead::MeasureHead(MatrixView<const float> points, std::size_t count, std::unique_ptr<const Head> head)
    : points_(points),
      kernels_(kNearest.pick()),
      head_(std::move(head)),
      centre_panels_{kernels_.dense.rows, {}, {}},
      active_panels_{kernels_.dense.rows, {}, {}},
      lone_centre_(head_->coordinates() * kernels_.dense.queries, 0.0f) {
  const std::size_t panels = (count + centre_panels_.lanes - 1) / centre_panels_.lanes;
  centre_panels_.values.assign(panels * centre_panels_.lanes * head_->coordinates(), 0.0f);
  // A lane without a centre scores too low for any threshold.
  centre_panels_.shifts.assign(panels * centre_panels_.lanes, kNever);
  centres_.reserve(count);
}

float* MeasureHead::panel_of(Panels& panels, std::size_t at) const {
  return panels.values.data() + at / panels.lanes * panels.lanes * head_->coordinates();
}

void MeasureHead::place(Panels& panels, std::size_t at, std::uint32_t row) const {
  float* const panel = panel_of(panels, at);
  const float* const head = head_->row(row);
  for (std::size_t c = 0; c < head_->coordinates(); ++c)
    panel[c * panels.lanes + at % panels.lanes] = head[c];
}

float MeasureHead::measured(std::uint32_t row, std::uint32_t centre) const {
  return squared_distance(points_.row(row), points_.row(centre), points_.cols);
}

void MeasureHead::add(std::uint32_t row) {
  place(centre_panels_, centres_.size(), row);
  centre_panels_.shifts[centres_.size()] = head_->half_norm(row);
  centres_.push_back(row);
}

void MeasureHead::catch_up(const std::uint32_t* rows, std::size_t size, float threshold, float* bound,
                           std::uint32_t* met) const {
  const std::size_t width = kernels_.dense.queries, lanes = centre_panels_.lanes,
                    count = head_->coordinates();
  std::vector<Tile> tiles;
  for (std::size_t first = 0; first < size; first += width) {
    Tile tile{std::vector<float>(count * width, 0.0f), {}, std::min(width, size - first), centres_.size()};
    tile.thresholds.fill(kNever);
    for (std::size_t q = 0; q < tile.size; ++q) {
      const std::uint32_t row = rows[first + q];
      for (std::size_t c = 0; c < count; ++c) tile.values[c * width + q] = head_->row(row)[c];
      tile.thresholds[q] = head_->threshold(row, bound[row]);
      tile.met = std::min<std::size_t>(tile.met, met[row]);
    }
    tiles.push_back(std::move(tile));
  }
  const std::size_t panels = (centres_.size() + lanes - 1) / lanes;
  std::size_t begin = panels;
  for (const Tile& tile : tiles) begin = std::min(begin, tile.met / lanes);
  std::array<float, kMaxQueries * kMaxRows> scores;
  std::array<std::uint64_t, kMaxQueries> reached;
  for (; begin < panels; begin += kPanelBlock) {
    const std::size_t end = std::min(begin + kPanelBlock, panels);
    bool any = false;
    for (std::size_t t = 0; t < tiles.size(); ++t) {
      Tile& tile = tiles[t];
      const std::uint32_t* const of_tile = rows + t * width;
      const bool candidates = std::any_of(of_tile, of_tile + tile.size,
                                          [&](std::uint32_t row) { return bound[row] >= threshold; });
      if (!candidates) continue;
      any = true;
      for (std::size_t p = std::max(begin, tile.met / lanes); p < end; ++p) {
        const unsigned hits = kernels_.dense_tile(
            centre_panels_.values.data() + p * lanes * count, tile.values.data(), count,
            centre_panels_.shifts.data() + p * lanes, tile.thresholds.data(), scores.data(), reached.data());
        for_each_bit(hits, [&](std::size_t q) {
          const std::uint32_t row = of_tile[q];
          for_each_bit(reached[q], [&](std::size_t lane) {
            // The bound may have fallen since the tile was scored.
            if (p * lanes + lane >= centres_.size() || scores[q * lanes + lane] < tile.thresholds[q]) return;
            const float distance = measured(row, centres_[p * lanes + lane]);
            if (distance >= bound[row]) return;
            bound[row] = distance;
            tile.thresholds[q] = head_->threshold(row, distance);
          });
        });
      }
      for (std::size_t q = 0; q < tile.size; ++q) {
        met[of_tile[q]] = static_cast<std::uint32_t>(
            std::max<std::size_t>(met[of_tile[q]], std::min(end * lanes, centres_.size())));
      }
    }
    if (!any) return;
  }
}

void MeasureHead::activate(const std::vector<std::uint32_t>& rows, const std::vector<float>& bounds) {
  active_ = rows;
  const std::size_t lanes = active_panels_.lanes, padded = (rows.size() + lanes - 1) / lanes * lanes;
  active_panels_.values.resize(padded * head_->coordinates());
  active_panels_.shifts.assign(padded, kNever);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    place(active_panels_, i, rows[i]);
    active_panels_.shifts[i] = bounds[i] < 0 ? kNever : head_->threshold(rows[i], bounds[i]);
  }
}

void MeasureHead::meet(std::uint32_t centre, std::vector<float>& bounds) {
  const std::size_t width = kernels_.dense.queries, lanes = active_panels_.lanes,
                    count = head_->coordinates();
  for (std::size_t c = 0; c < count; ++c) lone_centre_[c * width] = head_->row(centre)[c];
  std::array<float, kMaxQueries> thresholds;
  thresholds.fill(kNever);
  thresholds[0] = head_->half_norm(centre);
  std::array<float, kMaxQueries * kMaxRows> scores;
  std::array<std::uint64_t, kMaxQueries> reached;
  for (std::size_t first = 0; first < active_.size(); first += lanes) {
    const unsigned hits = kernels_.dense_tile(
        active_panels_.values.data() + first * count, lone_centre_.data(), count,
        active_panels_.shifts.data() + first, thresholds.data(), scores.data(), reached.data());
    if (hits == 0) continue;
    for_each_bit(reached[0], [&](std::size_t lane) {
      const std::size_t at = first + lane;
      if (at >= active_.size() || bounds[at] < 0) return;
      const float distance = measured(active_[at], centre);
      if (distance >= bounds[at]) return;
      bounds[at] = distance;
      active_panels_.shifts[at] = head_->threshold(active_[at], distance);
    });
  }
}

}  // namespace ad::coreset
