import type { ExampleStore } from '../../training/example_store.js';
import type { Scaling } from './embedding.js';

/**
 * Mean and deviation of each channel of a tensor `[channels, ...grid]` over some examples, summed in double precision.
 * A channel that never changes is left as it is.
 */
export async function scalingOf(
  store: ExampleStore,
  name: string,
  examples: readonly number[],
): Promise<Scaling> {
  const [channels, ...grid] = store.shapes[name]!;
  const cells = grid.reduce((a, b) => a * b, 1);
  const sums = new Float64Array(channels!);
  const squares = new Float64Array(channels!);
  for (const example of examples) {
    const { data } = (await store.batch([example]))[name]!;
    for (let c = 0; c < channels!; c++) {
      for (let at = c * cells; at < (c + 1) * cells; at++) {
        sums[c]! += data[at]!;
        squares[c]! += data[at]! ** 2;
      }
    }
  }
  const count = examples.length * cells;
  const mean = Float32Array.from(sums, (sum) => sum / count);
  const inverse = Float32Array.from(squares, (square, c) => {
    const variance = square / count - (sums[c]! / count) ** 2;
    return variance > 1e-12 ? 1 / Math.sqrt(variance) : 1;
  });
  return { mean, inverse };
}
