import type { FeatureMap, Matrix } from '@ad/core-native';

/** The mean of each channel over its grid: `[images, channels of all maps]`, the maps one after another. */
export function globalAverage(maps: readonly FeatureMap[], images: number): Matrix {
  const cols = maps.reduce((sum, { channels }) => sum + channels, 0);
  const data = new Float32Array(images * cols);
  let column = 0;
  for (const { data: values, channels, height, width } of maps) {
    const cells = height * width;
    for (let i = 0; i < images; i++) {
      for (let c = 0; c < channels; c++) {
        const begin = (i * channels + c) * cells;
        let sum = 0;
        for (let at = begin; at < begin + cells; at++) sum += values[at]!;
        data[i * cols + column + c] = sum / cells;
      }
    }
    column += channels;
  }
  return { data, rows: images, cols };
}

/** The grid that is left of a map after pooling with a window and a stride of `size`; what remains at the rim is left out. */
export function pooledGrid({ height, width }: Grid, size: number): Grid {
  const cells = (length: number) => Math.max(1, Math.floor(length / size));
  return { height: cells(height), width: cells(width) };
}

export interface Grid {
  height: number;
  width: number;
}

/** Means over windows of `size` x `size`, side by side; a map smaller than a window is one window. */
export function averagePool(map: FeatureMap, images: number, size: number): FeatureMap {
  const { data, channels, height, width } = map;
  const grid = pooledGrid(map, size);
  const [high, wide] = [Math.min(size, height), Math.min(size, width)];
  const pooled = new Float32Array(images * channels * grid.height * grid.width);
  let to = 0;
  for (let plane = 0; plane < images * channels; plane++) {
    for (let y = 0; y < grid.height; y++) {
      for (let x = 0; x < grid.width; x++) {
        let sum = 0;
        for (let row = y * size; row < y * size + high; row++) {
          const begin = (plane * height + row) * width + x * size;
          for (let at = begin; at < begin + wide; at++) sum += data[at]!;
        }
        pooled[to++] = sum / (high * wide);
      }
    }
  }
  return { data: pooled, channels, ...grid };
}
