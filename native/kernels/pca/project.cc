#include <algorithm>
#include <vector>

#include "cpu/parallel.h"
#include "kernels/linear/columns.h"
#include "kernels/pca/pca.h"
#include "kernels/pca/products.h"

namespace ad {
namespace {

// Panels of eight rows whose centred rows are held in double precision at once.
constexpr std::size_t kPanelsAtOnce = 16;
// Components, columns that one thread takes at a time: a single image keeps all of them busy.
constexpr std::size_t kComponentBlock = 16, kColumnBlock = 1024;
// Places of a panel that stay in the first-level cache while components pass.
constexpr std::size_t kDepthBlock = 256;

/// Some panels of rows: values[panel][column][lane], and their coordinates[panel][component][lane].
struct Batch {
  std::size_t first, rows, panels;
  std::vector<double> values, coordinates;
};

std::size_t blocks(std::size_t n, std::size_t block) {
  return (n + block - 1) / block;
}

Status centre(MatrixView<const float> rows, const Lines& centred, Batch& batch, const Run& run) {
  return parallel_for(run, batch.panels * blocks(rows.cols, kColumnBlock), [&](std::size_t item, int) {
    const std::size_t panel = item / blocks(rows.cols, kColumnBlock);
    const std::size_t from = item % blocks(rows.cols, kColumnBlock) * kColumnBlock;
    const std::size_t lanes = std::min(kPcaLanes, batch.rows - panel * kPcaLanes);
    centred.pack(batch.first + panel * kPcaLanes, lanes, from, std::min(kColumnBlock, rows.cols - from),
                 batch.values.data() + (panel * rows.cols + from) * kPcaLanes);
  });
}

Status coordinates_of(const PcaKernels& kernels, MatrixView<const float> components, Batch& batch,
                      MatrixView<float> out, const Run& run) {
  const std::size_t groups = blocks(components.rows, kComponentBlock);
  return parallel_for(run, batch.panels * groups, [&](std::size_t item, int) {
    const std::size_t panel = item % batch.panels, first = item / batch.panels * kComponentBlock;
    const std::size_t count = std::min(kComponentBlock, components.rows - first);
    const double* const values = batch.values.data() + panel * components.cols * kPcaLanes;
    double* const sums = batch.coordinates.data() + (panel * components.rows + first) * kPcaLanes;
    std::fill_n(sums, count * kPcaLanes, 0.0);
    for (std::size_t k = 0; k < components.cols; k += kDepthBlock) {
      kernels.dots(components.row(first) + k, components.cols, count, values + k * kPcaLanes,
                   std::min(kDepthBlock, components.cols - k), sums);
    }
    const std::size_t lanes = std::min(kPcaLanes, batch.rows - panel * kPcaLanes);
    for (std::size_t l = 0; l < lanes; ++l) {
      float* const row = out.row(batch.first + panel * kPcaLanes + l) + first;
      for (std::size_t i = 0; i < count; ++i) row[i] = static_cast<float>(sums[i * kPcaLanes + l]);
    }
  });
}

Status residual_of(const PcaKernels& kernels, MatrixView<const float> components, Batch& batch,
                   MatrixView<float> out, const Run& run) {
  const std::size_t groups = blocks(components.cols, kColumnBlock);
  return parallel_for(run, batch.panels * groups, [&](std::size_t item, int) {
    const std::size_t panel = item % batch.panels, first = item / batch.panels * kColumnBlock;
    const std::size_t end = std::min(components.cols, first + kColumnBlock);
    double* const values = batch.values.data() + panel * components.cols * kPcaLanes;
    const double* const factors = batch.coordinates.data() + panel * components.rows * kPcaLanes;
    for (std::size_t k = first; k < end; k += kDepthBlock) {
      kernels.take_off(components.data + k, components.cols, components.rows, factors,
                       std::min(kDepthBlock, end - k), values + k * kPcaLanes);
    }
    const std::size_t lanes = std::min(kPcaLanes, batch.rows - panel * kPcaLanes);
    for (std::size_t l = 0; l < lanes; ++l) {
      float* const row = out.row(batch.first + panel * kPcaLanes + l);
      for (std::size_t k = first; k < end; ++k) row[k] = static_cast<float>(values[k * kPcaLanes + l]);
    }
  });
}

}  // namespace

Status pca_project(MatrixView<const float> rows, const float* mean, MatrixView<const float> components,
                   MatrixView<float> coordinates, MatrixView<float> residual, const Run& run) {
  return guarded([&]() -> Status {
    Status status = check_finite("rows", rows, run.stage(0, 0));
    if (!status.ok()) return status;
    const PcaKernels& kernels = kPca.pick();
    const std::vector<double> means(mean, mean + rows.cols);
    const Lines centred = rows_of(rows, means.data());
    const std::size_t panels = std::min(kPanelsAtOnce, blocks(rows.rows, kPcaLanes));
    Batch batch{0, 0, 0, std::vector<double>(panels * rows.cols * kPcaLanes),
                std::vector<double>(panels * components.rows * kPcaLanes)};
    for (std::size_t first = 0; first < rows.rows; first += panels * kPcaLanes) {
      batch.first = first;
      batch.rows = std::min(panels * kPcaLanes, rows.rows - first);
      batch.panels = blocks(batch.rows, kPcaLanes);
      const auto done = [&](double share) {
        return (static_cast<double>(first) + share * static_cast<double>(batch.rows)) /
               static_cast<double>(rows.rows);
      };
      status = centre(rows, centred, batch, run.stage(done(0), done(0)));
      if (!status.ok()) return status;
      status = coordinates_of(kernels, components, batch, coordinates, run.stage(done(0), done(0.5)));
      if (!status.ok()) return status;
      status = residual_of(kernels, components, batch, residual, run.stage(done(0.5), done(1)));
      if (!status.ok()) return status;
    }
    return {};
  });
}

}  // namespace ad
