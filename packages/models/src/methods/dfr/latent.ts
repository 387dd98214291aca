import { type Matrix, pca } from '@ad/core-native';
import { SeededRandom } from '../../random.js';
import { FEATURES } from '../trained/collect.js';
import type { Scaling } from '../trained/embedding.js';
import type { Examples } from '../trained/fit.js';

/** Positions that the principal components are taken from: enough to tell how many there are. */
const POSITIONS = 2000;

/**
 * Principal components of the features that keep a share of their variance: the size of the bottleneck (paper,
 * section III-C). Of positions chosen at random.
 */
export async function latentSize(
  { store, learn }: Examples,
  { mean, inverse }: Scaling,
  share: number,
  seed: number,
): Promise<number> {
  const [channels, height, width] = store.shapes[FEATURES] as [number, number, number];
  const cells = height * width;
  const chosen = new SeededRandom(seed).choose(
    Math.min(POSITIONS, learn.length * cells),
    learn.length * cells,
  );
  const rows: Matrix = {
    data: new Float32Array(chosen.length * channels),
    rows: chosen.length,
    cols: channels,
  };
  let example = -1;
  let features = new Float32Array();
  for (const [row, place] of chosen.entries()) {
    const [at, cell] = [Math.floor(place / cells), place % cells];
    if (at !== example)
      features = (await store.batch([learn[at]!]))[FEATURES]!.data as Float32Array<ArrayBuffer>;
    example = at;
    for (let c = 0; c < channels; c++) {
      rows.data[row * channels + c] = (features[c * cells + cell]! - mean[c]!) * inverse[c]!;
    }
  }
  const { components } = await pca(rows, { keep: share });
  return components.rows;
}
