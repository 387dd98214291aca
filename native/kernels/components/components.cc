#include "kernels/components/components.h"

#include <algorithm>

#include "cpu/parallel.h"

namespace ad {
namespace {

constexpr std::int32_t kOutside = -1;

/// Union-find over labels; the smaller label, whose region was met first, becomes the root.
class Labels {
 public:
  std::int32_t add() {
    parent_.push_back(static_cast<std::int32_t>(parent_.size()));
    return parent_.back();
  }

  std::int32_t root(std::int32_t label) {
    while (parent_[label] != label) label = parent_[label] = parent_[parent_[label]];
    return label;
  }

  std::int32_t join(std::int32_t a, std::int32_t b) {
    a = root(a);
    b = root(b);
    if (a > b) std::swap(a, b);
    return parent_[b] = a;
  }

  std::size_t size() const { return parent_.size(); }

 private:
  std::vector<std::int32_t> parent_;
};

/// Labels one row from its own left neighbour and the three pixels above.
void label_row(const float* values, float threshold, const std::int32_t* above, std::int32_t* row,
               std::size_t width, Labels& labels) {
  for (std::size_t x = 0; x < width; ++x) {
    row[x] = kOutside;
    if (!(values[x] >= threshold)) continue;
    const auto meet = [&](std::int32_t neighbour) {
      if (neighbour == kOutside) return;
      row[x] = row[x] == kOutside ? labels.root(neighbour) : labels.join(row[x], neighbour);
    };
    if (x > 0) meet(row[x - 1]);
    if (above != nullptr) {
      if (x > 0) meet(above[x - 1]);
      meet(above[x]);
      if (x + 1 < width) meet(above[x + 1]);
    }
    if (row[x] == kOutside) row[x] = labels.add();
  }
}

void grow(Component& region, float value, std::int32_t x, std::int32_t y) {
  const std::int32_t right = std::max(region.left + region.width, x + 1);
  region.left = std::min(region.left, x);
  region.width = right - region.left;
  region.height = y + 1 - region.top;
  ++region.area;
  if (value > region.peak) {
    region.peak = value;
    region.peak_x = x;
    region.peak_y = y;
  }
}

}  // namespace

Status find_components(MatrixView<const float> map, float threshold, std::vector<Component>& out,
                       const Run& run) {
  return guarded([&]() -> Status {
    out.clear();
    std::vector<std::int32_t> label_of(map.size());
    Labels labels;
    for (std::size_t y = 0; y < map.rows; ++y) {
      if (run.cancelled()) return Status::cancelled();
      std::int32_t* row = label_of.data() + y * map.cols;
      label_row(map.row(y), threshold, y > 0 ? row - map.cols : nullptr, row, map.cols, labels);
    }
    std::vector<std::int32_t> region_of(labels.size(), kOutside);
    for (std::size_t i = 0; i < map.size(); ++i) {
      if (label_of[i] == kOutside) continue;
      const auto x = static_cast<std::int32_t>(i % map.cols);
      const auto y = static_cast<std::int32_t>(i / map.cols);
      std::int32_t& region = region_of[labels.root(label_of[i])];
      if (region == kOutside) {
        region = static_cast<std::int32_t>(out.size());
        out.push_back({x, y, 1, 1, 1, map.data[i], x, y});
      } else {
        grow(out[region], map.data[i], x, y);
      }
    }
    return {};
  });
}

}  // namespace ad
