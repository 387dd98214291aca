// Patch embedding: pooled maps turned channels last, then blended to the first level's grid; the additions
// and multiplications of the CPU's kernel in their order.
#include <vector>

#include "cuda/device.cuh"
#include "cuda/pipeline.h"
#include "cuda/rooms.h"

namespace ad::cuda {
namespace {

// Blocks along a grid's rows: enough for every device; each takes more rows where there are more.
constexpr unsigned kMostGridRows = 1024;
constexpr unsigned kTile = 32, kTileRows = 8;
constexpr unsigned kEmbedThreads = 128;

}  // namespace

/// One level of some images: in[image][channel][y][x] to pooled[image][y][x][channel]. A block has 32 columns
/// of 32 channels of one row, and turns them round in shared memory. Grid: x tiles, channel tiles, image
/// rows.
__global__ void __launch_bounds__(kTile* kTileRows)
    pool_level(const float* __restrict__ in, unsigned image_rows, unsigned channels, unsigned height,
               unsigned width, unsigned patch, float* __restrict__ pooled) {
  __shared__ float tile[kTile][kTile + 1];
  const unsigned x = blockIdx.x * kTile + threadIdx.x, first_channel = blockIdx.y * kTile;
  const int half = static_cast<int>(patch / 2);
  const float factor = 1.0f / static_cast<float>(patch * patch);
  for (unsigned image_row = blockIdx.z; image_row < image_rows; image_row += gridDim.z) {
    const std::size_t image = image_row / height;
    const int y = static_cast<int>(image_row % height);
    const int first = y - half < 0 ? 0 : y - half;
    const int end = y + half + 1 < static_cast<int>(height) ? y + half + 1 : static_cast<int>(height);
    for (unsigned c = threadIdx.y; c < kTile; c += kTileRows) {
      const unsigned channel = first_channel + c;
      if (channel >= channels || x >= width) continue;
      const float* const plane = in + (image * channels + channel) * height * width;
      const auto column = [&](int at) {
        // Beyond the border there are zeros.
        if (at < 0 || at >= static_cast<int>(width)) return 0.0f;
        float sum = __ldg(plane + static_cast<std::size_t>(first) * width + at);
        for (int row = first + 1; row < end; ++row)
          sum = __fadd_rn(sum, __ldg(plane + static_cast<std::size_t>(row) * width + at));
        return sum;
      };
      float sum = column(static_cast<int>(x) - half);
      for (int i = 1; i < static_cast<int>(patch); ++i) {
        sum = __fadd_rn(sum, column(static_cast<int>(x) - half + i));
      }
      tile[c][threadIdx.x] = __fmul_rn(sum, factor);
    }
    __syncthreads();
    const unsigned channel = first_channel + threadIdx.x;
    for (unsigned i = threadIdx.y; i < kTile; i += kTileRows) {
      const unsigned column = blockIdx.x * kTile + i;
      if (channel < channels && column < width) {
        pooled[(static_cast<std::size_t>(image_row) * width + column) * channels + channel] =
            tile[threadIdx.x][i];
      }
    }
    __syncthreads();
  }
}

/// One block a place of the first level's grid: one level's channels of it, to out[place][first_column ..].
__global__ void __launch_bounds__(kEmbedThreads)
    embed_level(const float* __restrict__ pooled, unsigned channels, unsigned height, unsigned width,
                float scale, const ad_lerp* __restrict__ rows, const ad_lerp* __restrict__ columns,
                unsigned out_height, unsigned out_width, unsigned places, unsigned cols,
                unsigned first_column, float* __restrict__ out) {
  for (unsigned place = blockIdx.x; place < places; place += gridDim.x) {
    const unsigned grid = out_height * out_width, at = place % grid;
    const ad_lerp row = rows[at / out_width], column = columns[at % out_width];
    const float* const image = pooled + static_cast<std::size_t>(place / grid) * height * width * channels;
    const auto corner = [&](unsigned y, unsigned x) {
      return image + (static_cast<std::size_t>(y) * width + x) * channels;
    };
    const float* const corners[4] = {corner(row.low, column.low), corner(row.low, column.high),
                                     corner(row.high, column.low), corner(row.high, column.high)};
    const float left = __fsub_rn(1.0f, column.share), top = __fsub_rn(1.0f, row.share);
    float* const target = out + static_cast<std::size_t>(place) * cols + first_column;
    for (unsigned c = threadIdx.x; c < channels; c += kEmbedThreads) {
      if (row.share == 0 && column.share == 0) {
        target[c] = __fmul_rn(corners[0][c], scale);
        continue;
      }
      const float upper = __fadd_rn(__fmul_rn(corners[0][c], left), __fmul_rn(corners[1][c], column.share));
      const float lower = __fadd_rn(__fmul_rn(corners[2][c], left), __fmul_rn(corners[3][c], column.share));
      target[c] = __fmul_rn(__fadd_rn(__fmul_rn(upper, top), __fmul_rn(lower, row.share)), scale);
    }
  }
}

namespace {

/// What one level needs on the device.
struct Level {
  std::size_t input;
  Block<float> pooled[Pipeline::kLanes];
  Block<ad_lerp> rows, columns;
};

}  // namespace

void run_patch_embed(const ad_patch_embed& work, const Call& call) {
  if (work.level_count == 0) throw Failure(AD_INVALID_ARGUMENT, "there are no levels");
  const unsigned out_height = work.levels[0].height, out_width = work.levels[0].width;
  const std::size_t grid = static_cast<std::size_t>(out_height) * out_width;
  std::size_t cols = 0, bytes = 0;
  for (unsigned l = 0; l < work.level_count; ++l) {
    const ad_feature_level& level = work.levels[l];
    cols += level.channels;
    bytes += sizeof(float) * level.channels * level.height * level.width;
  }
  ArenaPlan plan;
  Pipeline pipeline(work.images, bytes + grid * cols * sizeof(float));
  const auto out = pipeline.output(plan, work.out, grid * cols * sizeof(float));
  std::vector<Level> levels(work.level_count);
  for (unsigned l = 0; l < work.level_count; ++l) {
    const ad_feature_level& level = work.levels[l];
    const std::size_t size = static_cast<std::size_t>(level.channels) * level.height * level.width;
    levels[l].input = pipeline.input(plan, level.data, size * sizeof(float));
    for (int i = 0; i < pipeline.lanes(); ++i) levels[l].pooled[i] = plan.add<float>(size * pipeline.chunk());
    levels[l].rows = plan.add<ad_lerp>(out_height);
    levels[l].columns = plan.add<ad_lerp>(out_width);
  }
  const Arena arena(plan, call);
  for (unsigned l = 0; l < work.level_count; ++l) {
    upload(arena.at(levels[l].rows), work.levels[l].rows, out_height * sizeof(ad_lerp), call);
    upload(arena.at(levels[l].columns), work.levels[l].columns, out_width * sizeof(ad_lerp), call);
  }
  pipeline.run(arena, call, [&](cudaStream_t stream, int lane, std::size_t, std::size_t count) {
    unsigned column = 0;
    const unsigned places = static_cast<unsigned>(count * grid);
    for (unsigned l = 0; l < work.level_count; ++l) {
      const ad_feature_level& level = work.levels[l];
      float* const pooled = arena.at(levels[l].pooled[lane]);
      const unsigned image_rows = static_cast<unsigned>(count) * level.height;
      const dim3 tiles(static_cast<unsigned>(ceil_div(level.width, kTile)),
                       static_cast<unsigned>(ceil_div(level.channels, kTile)),
                       std::min(image_rows, kMostGridRows));
      launch(stream, pool_level, tiles, dim3(kTile, kTileRows), 0,
             pipeline.device<float>(arena, levels[l].input, lane), image_rows, level.channels, level.height,
             level.width, work.patch, pooled);
      launch(stream, embed_level, dim3(blocks_for(places, 1)), dim3(kEmbedThreads), 0, pooled, level.channels,
             level.height, level.width, level.scale, arena.at(levels[l].rows), arena.at(levels[l].columns),
             out_height, out_width, places, static_cast<unsigned>(cols), column,
             pipeline.device<float>(arena, out, lane));
      column += level.channels;
    }
  });
}

}  // namespace ad::cuda
