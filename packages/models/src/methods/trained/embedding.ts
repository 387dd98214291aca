import { concat, conv, mul, resize, sub, Tape, toModel, type Value } from '@ad/onnx/autodiff';
import type { LayerShape } from '../method.js';
import { mapName } from './collect.js';

/** How the layers' feature maps become one map of features. */
export interface EmbeddingPlan {
  layers: readonly LayerShape[];
  /** Cells of the map, down and across. */
  grid: { height: number; width: number };
  /** Channels of the map; fewer than the layers have are means of neighbouring channels. */
  channels: number;
}

/** Per-channel mean and one over the standard deviation, over the training set. */
export interface Scaling {
  mean: Float32Array;
  inverse: Float32Array;
}

/**
 * All layers bilinearly on one grid, one after another (half-pixel centres; at half the size each cell is the mean of
 * four), channels reduced to means as PyTorch's adaptive average pooling takes them.
 *
 * @returns `[batch, channels, grid]`; the maps are inputs of the tape
 */
export function embed(tape: Tape, { layers, grid, channels }: EmbeddingPlan, batch: number): Value {
  const maps = layers.map((layer, i) => {
    const map = tape.input(mapName(i), [batch, layer.channels, layer.height, layer.width]);
    return resize(map, grid.height, grid.width);
  });
  const all = maps.length > 1 ? concat(maps, 1) : maps[0]!;
  const from = all.shape[1]!;
  return from === channels
    ? all
    : conv(all, tape.constant(groupMeans(from, channels), [channels, from, 1, 1]));
}

/** The embedding as a network of its own. */
export function embeddingNetwork(plan: EmbeddingPlan): Uint8Array<ArrayBuffer> {
  const tape = new Tape();
  tape.output(embed(tape, plan, 1), 'features');
  return toModel(tape, { anyBatch: true }).write();
}

/** (x - mean) / deviation, channel by channel. */
export function scaled(x: Value, { mean, inverse }: Scaling): Value {
  const column = (data: Float32Array) => x.tape.constant(data, [1, data.length, 1, 1]);
  return mul(sub(x, column(mean)), column(inverse));
}

/** `[to, from]`: each row the mean of the channels from floor(i from / to) to ceil((i + 1) from / to). */
function groupMeans(from: number, to: number): Float32Array {
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const [first, end] = [Math.floor((i * from) / to), Math.ceil(((i + 1) * from) / to)];
    weights.fill(1 / (end - first), i * from + first, i * from + end);
  }
  return weights;
}
