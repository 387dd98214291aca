import type { Backbone } from '../backbone/index.js';
import { loadInput, type PreprocessSettings, writeTensor } from '../image/index.js';
import { BATCH_IMAGES } from '../pipeline/features.js';

/** Enough rounds for a median that one interruption does not move. */
const ROUNDS = 15;

/** Two networks on the same images. */
export interface SideBySide {
  /** Images per second of the network alone, median of rounds in turn, in batches as models use them. */
  speed: { before: number; after: number };
  /** Of each layer: |after - before| / |before|, Euclidean, over all images. */
  error: { layer: string; relative: number }[];
}

/**
 * Compares speed and features of two backbones with the same layers.
 *
 * @throws AdError E_IMAGE, E_BACKBONE
 */
export async function sideBySide(
  before: Backbone,
  after: Backbone,
  images: readonly string[],
  preprocess: PreprocessSettings,
): Promise<SideBySide> {
  const batch = before.singleImage ? 1 : Math.min(BATCH_IMAGES, images.length);
  const loaded = await Promise.all(images.slice(0, batch).map((file) => loadInput(file, preprocess)));
  const size = loaded[0]!.image;
  const pixels = new Float32Array(batch * 3 * size.height * size.width);
  loaded.forEach(({ image }, i) => {
    writeTensor(image, before.convention, pixels, (i * pixels.length) / batch);
  });
  const seconds: Record<'before' | 'after', number[]> = { before: [], after: [] };
  let error: SideBySide['error'] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const float = await before.extract(pixels.slice(), batch, size);
    const int8 = await after.extract(pixels.slice(), batch, size);
    seconds.before.push(float.seconds);
    seconds.after.push(int8.seconds);
    // Every round gives the same features.
    if (round === 0) {
      error = before.layers.map(({ name }, i) => ({
        layer: name,
        relative: relativeError(float.maps[i]!.data, int8.maps[i]!.data),
      }));
    }
    float.release();
    int8.release();
  }
  const rate = (all: number[]) => batch / median(all);
  return { speed: { before: rate(seconds.before), after: rate(seconds.after) }, error };
}

function relativeError(expected: Float32Array, found: Float32Array): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (found[i]! - expected[i]!) ** 2;
    norm += expected[i]! ** 2;
  }
  return Math.sqrt(difference / norm);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
