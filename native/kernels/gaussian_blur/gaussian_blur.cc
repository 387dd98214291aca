#include "kernels/gaussian_blur/gaussian_blur.h"

#include <algorithm>
#include <vector>

#include "cpu/parallel.h"
#include "kernels/gaussian_blur/kernels.h"
#include "kernels/gaussian_blur/map_plan.h"

namespace ad {
namespace {

// Maps whose half-blurred rows are held at once: bounds the scratch memory of a large batch.
constexpr std::size_t kImagesAtOnce = 8;

/// A row's scratch: the enlarged row with its border, and a pointer to each shift of it.
struct Scratch {
  std::vector<float> mixed, padded;
  std::vector<const float*> lines;
};

/// Enlarges row y of one image and blurs it along x.
void blur_across(const MapPlan& plan, const float* scores, std::size_t y, Scratch& scratch, float* out,
                 const GaussianBlurKernels& kernels) {
  const MapShape& shape = plan.shape;
  const Lerp row = plan.rows[y];
  const float* const upper = scores + row.low * shape.width;
  const float* const lower = scores + row.high * shape.width;
  scratch.mixed.resize(shape.width);
  for (std::size_t x = 0; x < shape.width; ++x) {
    scratch.mixed[x] = upper[x] * (1.0f - row.share) + lower[x] * row.share;
  }
  scratch.padded.resize(plan.around_x.size());
  for (std::size_t i = 0; i < plan.around_x.size(); ++i) {
    const Lerp column = plan.columns[plan.around_x[i]];
    scratch.padded[i] =
        scratch.mixed[column.low] * (1.0f - column.share) + scratch.mixed[column.high] * column.share;
  }
  scratch.lines.resize(2 * plan.radius() + 1);
  for (std::size_t t = 0; t < scratch.lines.size(); ++t) scratch.lines[t] = scratch.padded.data() + t;
  kernels.weighted_sum(scratch.lines.data(), plan.weights.data(), plan.radius(), shape.out_width, out);
}

/// Blurs along y: row y of one image from the rows that were blurred along x.
void blur_down(const MapPlan& plan, const float* half_blurred, std::size_t y, Scratch& scratch, float* out,
               const GaussianBlurKernels& kernels) {
  scratch.lines.resize(2 * plan.radius() + 1);
  for (std::size_t t = 0; t < scratch.lines.size(); ++t) {
    scratch.lines[t] = half_blurred + plan.around_y[y + t] * plan.shape.out_width;
  }
  kernels.weighted_sum(scratch.lines.data(), plan.weights.data(), plan.radius(), plan.shape.out_width, out);
}

}  // namespace

Status anomaly_maps(const float* scores, const MapShape& shape, double sigma, Border border, float* out,
                    const Run& run) {
  return guarded([&]() -> Status {
    const GaussianBlurKernels& kernels = kGaussianBlur.pick();
    const MapPlan plan = plan_maps(shape, sigma, border);
    const std::size_t at_once = std::min(shape.images, kImagesAtOnce);
    const std::size_t grid = shape.out_height * shape.out_width;
    std::vector<float> half_blurred(at_once * grid);
    std::vector<Scratch> scratch(static_cast<std::size_t>(worker_count(run, at_once * shape.out_height)));
    for (std::size_t first = 0; first < shape.images; first += at_once) {
      const std::size_t rows = std::min(at_once, shape.images - first) * shape.out_height;
      const auto both = [&](double share) {
        return (static_cast<double>(first) + share) / static_cast<double>(shape.images);
      };
      Status done = parallel_for(run.stage(both(0), both(0)), rows, [&](std::size_t item, int worker) {
        const float* image = scores + (first + item / shape.out_height) * shape.height * shape.width;
        blur_across(plan, image, item % shape.out_height, scratch[static_cast<std::size_t>(worker)],
                    half_blurred.data() + item * shape.out_width, kernels);
      });
      if (!done.ok()) return done;
      done = parallel_for(run.stage(both(0), both(static_cast<double>(rows / shape.out_height))), rows,
                          [&](std::size_t item, int worker) {
                            const float* image = half_blurred.data() + (item / shape.out_height) * grid;
                            blur_down(plan, image, item % shape.out_height,
                                      scratch[static_cast<std::size_t>(worker)],
                                      out + first * grid + item * shape.out_width, kernels);
                          });
      if (!done.ok()) return done;
    }
    return {};
  });
}

}  // namespace ad
