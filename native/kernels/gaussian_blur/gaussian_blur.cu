// Anomaly maps: bilinear enlargement and a separable Gaussian, in the CPU's order of operations.
#include "cuda/device.cuh"
#include "cuda/pipeline.h"
#include "cuda/rooms.h"

namespace ad::cuda {
namespace {

// Blocks along a grid's rows: enough for every device; each takes more rows where there are more.
constexpr unsigned kMostGridRows = 1024;
constexpr unsigned kAcross = 128;
constexpr unsigned kDownX = 32, kDownY = 8;

}  // namespace

/// A map's geometry, with device pointers.
struct DeviceMaps {
  unsigned height, width, out_height, out_width, radius;
  const ad_lerp* rows;
  const ad_lerp* columns;
  const float* weights;
  const unsigned* around_x;
  const unsigned* around_y;
};

/// Enlarges and blurs along x. A block has 128 places of one row, and in shared memory those and their
/// neighbours within the radius. Grid: x tiles, image rows.
__global__ void __launch_bounds__(kAcross) blur_across(const float* __restrict__ scores, unsigned image_rows,
                                                       DeviceMaps maps, float* __restrict__ half_blurred) {
  DYN_SHARED(float, padded);
  const unsigned first = blockIdx.x * kAcross, x = first + threadIdx.x, radius = maps.radius;
  const unsigned end = maps.out_width - first < kAcross ? maps.out_width - first : kAcross;
  for (unsigned image_row = blockIdx.y; image_row < image_rows; image_row += gridDim.y) {
    const ad_lerp row = maps.rows[image_row % maps.out_height];
    const float* const image =
        scores + static_cast<std::size_t>(image_row / maps.out_height) * maps.height * maps.width;
    const float* const upper = image + static_cast<std::size_t>(row.low) * maps.width;
    const float* const lower = image + static_cast<std::size_t>(row.high) * maps.width;
    const float top = __fsub_rn(1.0f, row.share);
    const auto mixed = [&](unsigned at) {
      return __fadd_rn(__fmul_rn(__ldg(upper + at), top), __fmul_rn(__ldg(lower + at), row.share));
    };
    for (unsigned i = threadIdx.x; i < end + 2 * radius; i += kAcross) {
      const ad_lerp column = maps.columns[maps.around_x[first + i]];
      padded[i] = __fadd_rn(__fmul_rn(mixed(column.low), __fsub_rn(1.0f, column.share)),
                            __fmul_rn(mixed(column.high), column.share));
    }
    __syncthreads();
    if (x < maps.out_width) {
      const float* const centre = padded + threadIdx.x + radius;
      float sum = __fmul_rn(centre[0], maps.weights[0]);
      for (unsigned t = 1; t <= radius; ++t) {
        const float pair = __fadd_rn(centre[-static_cast<int>(t)], centre[t]);
        sum = __fadd_rn(sum, __fmul_rn(pair, maps.weights[t]));
      }
      half_blurred[static_cast<std::size_t>(image_row) * maps.out_width + x] = sum;
    }
    __syncthreads();
  }
}

/// Blurs along y. Grid: x tiles, tiles of image rows.
__global__ void __launch_bounds__(kDownX* kDownY)
    blur_down(const float* __restrict__ half_blurred, unsigned image_rows, DeviceMaps maps,
              float* __restrict__ out) {
  const unsigned x = blockIdx.x * kDownX + threadIdx.x, radius = maps.radius;
  if (x >= maps.out_width) return;
  for (unsigned image_row = blockIdx.y * kDownY + threadIdx.y; image_row < image_rows;
       image_row += gridDim.y * kDownY) {
    const unsigned y = image_row % maps.out_height;
    const float* const image = half_blurred + static_cast<std::size_t>(image_row - y) * maps.out_width;
    const auto line = [&](unsigned at) {
      return __ldg(image + static_cast<std::size_t>(maps.around_y[y + at]) * maps.out_width + x);
    };
    float sum = __fmul_rn(line(radius), maps.weights[0]);
    for (unsigned t = 1; t <= radius; ++t) {
      sum = __fadd_rn(sum, __fmul_rn(__fadd_rn(line(radius - t), line(radius + t)), maps.weights[t]));
    }
    out[static_cast<std::size_t>(image_row) * maps.out_width + x] = sum;
  }
}

void run_anomaly_maps(const ad_anomaly_maps& work, const Call& call) {
  const std::size_t grid = static_cast<std::size_t>(work.height) * work.width;
  const std::size_t out_grid = static_cast<std::size_t>(work.out_height) * work.out_width;
  if (grid == 0 || out_grid == 0) throw Failure(AD_INVALID_ARGUMENT, "a map has no places");
  const std::size_t around_x = work.out_width + 2 * std::size_t{work.radius};
  const std::size_t around_y = work.out_height + 2 * std::size_t{work.radius};
  ArenaPlan plan;
  Pipeline pipeline(work.images, (grid + out_grid) * sizeof(float));
  const auto scores = pipeline.input(plan, work.scores, grid * sizeof(float));
  const auto out = pipeline.output(plan, work.out, out_grid * sizeof(float));
  Block<float> half_blurred[Pipeline::kLanes];
  for (int i = 0; i < pipeline.lanes(); ++i) half_blurred[i] = plan.add<float>(out_grid * pipeline.chunk());
  const auto rows = plan.add<ad_lerp>(work.out_height);
  const auto columns = plan.add<ad_lerp>(work.out_width);
  const auto weights = plan.add<float>(work.radius + std::size_t{1});
  const auto places_x = plan.add<unsigned>(around_x);
  const auto places_y = plan.add<unsigned>(around_y);
  const Arena arena(plan, call);
  upload(arena.at(rows), work.rows, work.out_height * sizeof(ad_lerp), call);
  upload(arena.at(columns), work.columns, work.out_width * sizeof(ad_lerp), call);
  upload(arena.at(weights), work.weights, (work.radius + std::size_t{1}) * sizeof(float), call);
  upload(arena.at(places_x), work.around_x, around_x * sizeof(unsigned), call);
  upload(arena.at(places_y), work.around_y, around_y * sizeof(unsigned), call);
  const DeviceMaps maps{work.height,        work.width,        work.out_height,   work.out_width,
                        work.radius,        arena.at(rows),    arena.at(columns), arena.at(weights),
                        arena.at(places_x), arena.at(places_y)};
  const std::size_t shared = (kAcross + 2 * std::size_t{work.radius}) * sizeof(float);
  allow_shared(blur_across, shared);
  pipeline.run(arena, call, [&](cudaStream_t stream, int lane, std::size_t, std::size_t count) {
    const unsigned image_rows = static_cast<unsigned>(count) * work.out_height;
    float* const half = arena.at(half_blurred[lane]);
    launch(
        stream, blur_across,
        dim3(static_cast<unsigned>(ceil_div(work.out_width, kAcross)), std::min(image_rows, kMostGridRows)),
        dim3(kAcross), shared, pipeline.device<float>(arena, scores, lane), image_rows, maps, half);
    launch(stream, blur_down,
           dim3(static_cast<unsigned>(ceil_div(work.out_width, kDownX)),
                std::min(static_cast<unsigned>(ceil_div(image_rows, kDownY)), 65535u)),
           dim3(kDownX, kDownY), 0, half, image_rows, maps, pipeline.device<float>(arena, out, lane));
  });
}

}  // namespace ad::cuda
