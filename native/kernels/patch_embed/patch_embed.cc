#include "kernels/patch_embed/patch_embed.h"

#include <algorithm>

#include "cpu/large_vector.h"
#include "cpu/parallel.h"
#include "kernels/interpolation/axis.h"
#include "kernels/patch_embed/kernels.h"

namespace ad {
namespace {

// Channels that are pooled together: a cache line of each position when they are written channels last.
constexpr std::size_t kChannelBlock = 16;
/// One level of some images, pooled and channels last: pooled[image][y][x][channel].
struct PooledLevel {
  const FeatureLevel* level;
  std::size_t column;
  LargeVector<float> values;
  std::vector<Lerp> rows, columns;

  std::size_t grid() const { return level->height * level->width; }
  std::size_t blocks() const { return (level->channels + kChannelBlock - 1) / kChannelBlock; }
};

/// Pools one block of channels of one image.
void pool_block(PooledLevel& pooled, std::size_t source_image, std::size_t image, std::size_t block,
                std::size_t patch, std::vector<float>& scratch, const PatchEmbedKernels& kernels) {
  const FeatureLevel& level = *pooled.level;
  const std::size_t grid = pooled.grid();
  const std::size_t first = block * kChannelBlock;
  const std::size_t count = std::min(kChannelBlock, level.channels - first);
  scratch.resize(kChannelBlock * grid + level.width + patch);
  float* const planes = scratch.data();
  float* const line = planes + kChannelBlock * grid;
  for (std::size_t c = 0; c < count; ++c) {
    const float* plane = level.data + (source_image * level.channels + first + c) * grid;
    kernels.pool(plane, level.height, level.width, patch, line, planes + c * grid);
  }
  float* const out = pooled.values.data() + image * grid * level.channels + first;
  for (std::size_t at = 0; at < grid; ++at) {
    for (std::size_t c = 0; c < count; ++c) out[at * level.channels + c] = planes[c * grid + at];
  }
}

/// Writes one grid row of embeddings of one level.
void embed_row(const PooledLevel& pooled, std::size_t image, std::size_t y, std::size_t width,
               MatrixView<float> out, std::size_t out_row, const PatchEmbedKernels& kernels) {
  const FeatureLevel& level = *pooled.level;
  const float* const values = pooled.values.data() + image * pooled.grid() * level.channels;
  const Lerp row = pooled.rows[y];
  const auto at = [&](std::size_t sy, std::size_t sx) {
    return values + (sy * level.width + sx) * level.channels;
  };
  for (std::size_t x = 0; x < width; ++x) {
    const Lerp column = pooled.columns[x];
    float* const target = out.row(out_row + x) + pooled.column;
    if (row.share == 0 && column.share == 0) {
      kernels.multiply(at(row.low, column.low), level.scale, level.channels, target);
      continue;
    }
    const float* const corners[4] = {at(row.low, column.low), at(row.low, column.high),
                                     at(row.high, column.low), at(row.high, column.high)};
    kernels.blend(corners, column.share, row.share, level.scale, level.channels, target);
  }
}

std::vector<PooledLevel> prepare(const std::vector<FeatureLevel>& levels, std::size_t images,
                                 Interpolation interpolation) {
  const auto axis = interpolation == Interpolation::nearest ? nearest_axis : lerp_axis;
  std::vector<PooledLevel> pooled;
  std::size_t column = 0;
  for (const FeatureLevel& level : levels) {
    pooled.push_back({&level, column,
                      LargeVector<float>(images * level.channels * level.height * level.width),
                      axis(level.height, levels[0].height), axis(level.width, levels[0].width)});
    column += level.channels;
  }
  return pooled;
}

}  // namespace

Status patch_embed(const std::vector<FeatureLevel>& levels, std::size_t images, std::size_t patch,
                   Interpolation interpolation, MatrixView<float> out, const Run& run) {
  return guarded([&]() -> Status {
    const PatchEmbedKernels& kernels = kPatchEmbed.pick();
    const std::size_t height = levels[0].height, width = levels[0].width;
    // One image for each thread: their pooled maps stay in the caches until they are read.
    const std::size_t at_once = std::min(images, static_cast<std::size_t>(run.threads));
    std::vector<PooledLevel> pooled = prepare(levels, at_once, interpolation);
    std::size_t blocks = 0;
    for (const PooledLevel& level : pooled) blocks += level.blocks();
    std::vector<std::vector<float>> scratch(static_cast<std::size_t>(worker_count(run, at_once * blocks)));
    for (std::size_t first = 0; first < images; first += at_once) {
      const std::size_t count = std::min(at_once, images - first);
      const double begin = static_cast<double>(first) / static_cast<double>(images);
      const double end = static_cast<double>(first + count) / static_cast<double>(images);
      const Status done =
          parallel_for(run.stage(begin, begin), count * blocks, [&](std::size_t item, int worker) {
            const std::size_t image = item / blocks;
            std::size_t block = item % blocks;
            auto level = pooled.begin();
            for (; block >= level->blocks(); ++level) block -= level->blocks();
            pool_block(*level, first + image, image, block, patch, scratch[static_cast<std::size_t>(worker)],
                       kernels);
          });
      if (!done.ok()) return done;
      const Status embedded = parallel_for(run.stage(begin, end), count * height, [&](std::size_t item, int) {
        const std::size_t image = item / height, y = item % height;
        const std::size_t row = ((first + image) * height + y) * width;
        for (const PooledLevel& level : pooled) embed_row(level, image, y, width, out, row, kernels);
      });
      if (!embedded.ok()) return embedded;
    }
    return {};
  });
}

}  // namespace ad
