import type { Matrix } from '@ad/core-native';
import type { LayerShape, PatchScores } from '../method.js';
import type { Grid } from '../pooling.js';

/**
 * Squared residuals summed over the channels, on the finest layer's own grid: each pooled cell lies where its window
 * was, and between the centres of windows the error is interpolated. Errors of several layers add up.
 *
 * @param residual - `[images, all pooled values]`
 * @param layers - before pooling; `pooled` the same after it
 */
export function errorMap(
  residual: Matrix,
  layers: readonly LayerShape[],
  pooled: readonly LayerShape[],
  pool: number,
): PatchScores {
  const { height, width } = layers[0]!;
  const data = new Float32Array(residual.rows * height * width);
  for (let image = 0; image < residual.rows; image++) {
    const out = data.subarray(image * height * width, (image + 1) * height * width);
    let column = image * residual.cols;
    for (const [i, shape] of pooled.entries()) {
      const errors = squaredOverChannels(residual.data, column, shape);
      addInterpolated(errors, shape, layers[i]!, pool, out, { height, width });
      column += shape.channels * shape.height * shape.width;
    }
  }
  return { data, height, width };
}

function squaredOverChannels(residual: Float32Array, first: number, shape: LayerShape): Float64Array {
  const cells = shape.height * shape.width;
  const errors = new Float64Array(cells);
  for (let at = 0; at < shape.channels * cells; at++) errors[at % cells]! += residual[first + at]! ** 2;
  return errors;
}

/** Bilinear between the centres of the windows, and as the outermost window beyond them. */
function addInterpolated(
  errors: Float64Array,
  pooled: Grid,
  layer: Grid,
  pool: number,
  out: Float32Array,
  grid: Grid,
): void {
  for (let y = 0; y < grid.height; y++) {
    const down = between(((y + 0.5) * layer.height) / grid.height / pool, pooled.height);
    for (let x = 0; x < grid.width; x++) {
      const across = between(((x + 0.5) * layer.width) / grid.width / pool, pooled.width);
      const at = (row: number, column: number) => errors[row * pooled.width + column]!;
      const top = mix(at(down.low, across.low), at(down.low, across.high), across.share);
      const bottom = mix(at(down.high, across.low), at(down.high, across.high), across.share);
      out[y * grid.width + x]! += mix(top, bottom, down.share);
    }
  }
}

/** The two cells whose centres are around a position, in cells, and how far it is from the first to the second. */
function between(position: number, cells: number): { low: number; high: number; share: number } {
  const centred = Math.min(Math.max(position - 0.5, 0), cells - 1);
  const low = Math.floor(centred);
  return { low, high: Math.min(low + 1, cells - 1), share: centred - low };
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}
