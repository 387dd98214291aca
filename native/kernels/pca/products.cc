#include "kernels/pca/products.h"

#include <vector>

#include "cpu/parallel.h"

namespace ad {
namespace {

// Places whose products are summed in registers before they are added to the others: two panels of them fit
// into the first-level cache.
constexpr std::size_t kDepthBlock = 256;
// Panels of one side that share what is read of the other.
constexpr std::size_t kPanelsAtOnce = 4;
// Doubles that are packed at once (32 MB), where the lines are not more than that already.
constexpr std::size_t kPackedDoubles = std::size_t{1} << 22;

std::size_t panels_of(const Lines& lines) {
  return (lines.count + kPcaLanes - 1) / kPcaLanes;
}

/// Some places of all lines: packed[panel][place][lane].
struct Packed {
  const Lines& lines;
  std::vector<double> values;
  std::size_t depth = 0;

  const double* panel(std::size_t p, std::size_t from) const {
    return values.data() + (p * depth + from) * kPcaLanes;
  }

  Status fill(std::size_t from, std::size_t places, const Run& run) {
    depth = places;
    values.resize(panels_of(lines) * depth * kPcaLanes);
    return parallel_for(run, panels_of(lines), [&](std::size_t p, int) {
      double* const panel = values.data() + p * depth * kPcaLanes;
      const std::size_t lanes = std::min(kPcaLanes, lines.count - p * kPcaLanes);
      if (lanes < kPcaLanes) std::fill_n(panel, depth * kPcaLanes, 0.0);
      lines.pack(p * kPcaLanes, lanes, from, depth, panel);
    });
  }
};

Status multiply(const PcaKernels& kernels, const Lines& a, const Lines* other, std::size_t depth, double* out,
                std::size_t stride, const Run& run) {
  const Lines& b = other ? *other : a;
  const std::size_t a_panels = panels_of(a), b_panels = panels_of(b);
  const std::size_t groups = (a_panels + kPanelsAtOnce - 1) / kPanelsAtOnce;
  const std::size_t packed_lines = (a_panels + (other ? b_panels : 0)) * kPcaLanes;
  const std::size_t blocks = std::max<std::size_t>(1, kPackedDoubles / packed_lines / kDepthBlock);
  const std::size_t places = std::min(depth, blocks * kDepthBlock);
  Packed left{a, {}}, right{b, {}};
  std::fill_n(out, a_panels * kPcaLanes * stride, 0.0);
  for (std::size_t from = 0; from < depth; from += places) {
    const std::size_t count = std::min(places, depth - from);
    const auto share = [&](std::size_t at) { return static_cast<double>(at) / static_cast<double>(depth); };
    Status status = left.fill(from, count, run.stage(share(from), share(from)));
    if (!status.ok()) return status;
    if (other) status = right.fill(from, count, run.stage(share(from), share(from)));
    if (!status.ok()) return status;
    const Packed& across = other ? right : left;
    // Columns of tiles are dealt out as well as rows: a single row of panels must keep all threads busy.
    const std::size_t runs = (b_panels + kPanelsAtOnce - 1) / kPanelsAtOnce;
    status =
        parallel_for(run.stage(share(from), share(from + count)), groups * runs, [&](std::size_t item, int) {
          const std::size_t a_first = item / runs * kPanelsAtOnce, b_first = item % runs * kPanelsAtOnce;
          if (!other && b_first > a_first) return;
          const std::size_t a_end = std::min(a_panels, a_first + kPanelsAtOnce);
          const std::size_t b_end = std::min(b_panels, b_first + kPanelsAtOnce);
          for (std::size_t k = 0; k < count; k += kDepthBlock) {
            const std::size_t block = std::min(kDepthBlock, count - k);
            for (std::size_t j = b_first; j < b_end; ++j) {
              for (std::size_t i = a_first; i < a_end; ++i) {
                kernels.tile(left.panel(i, k), across.panel(j, k), block,
                             out + i * kPcaLanes * stride + j * kPcaLanes, stride);
              }
            }
          }
        });
    if (!status.ok()) return status;
  }
  return {};
}

}  // namespace

Status products(const PcaKernels& kernels, const Lines& a, const Lines& b, std::size_t depth, double* out,
                std::size_t stride, const Run& run) {
  return multiply(kernels, a, &b, depth, out, stride, run);
}

Status products_among(const PcaKernels& kernels, const Lines& a, std::size_t depth, double* out,
                      std::size_t stride, const Run& run) {
  const Status done = multiply(kernels, a, nullptr, depth, out, stride, run);
  for (std::size_t i = 0; i < a.count; ++i) {
    for (std::size_t j = i + 1; j < a.count; ++j) out[i * stride + j] = out[j * stride + i];
  }
  return done;
}

}  // namespace ad
