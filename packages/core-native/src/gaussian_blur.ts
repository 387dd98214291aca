import { type CallOptions, call } from './call.js';
import { checkFloats, checkInteger } from './check.js';
import { AdError } from './errors.js';
import { addon } from './load.js';

/** Settings of {@link anomalyMaps}. */
export interface MapSettings {
  images: number;
  /** Grid of the scores. */
  height: number;
  width: number;
  /** Size of the maps. */
  outHeight: number;
  outWidth: number;
  /** Standard deviation of the Gaussian in output pixels, cut off at int(4 sigma + 0.5); 0 = none. Default 4. */
  sigma?: number | undefined;
  /** Beyond the border: `mirror` does not repeat the edge (default), `reflect` does; the names of scipy.ndimage. */
  border?: 'mirror' | 'reflect' | undefined;
}

/**
 * Patch scores to anomaly maps: bilinear enlargement (half-pixel centres), then a Gaussian blur (arXiv:2106.08265,
 * section 3.3). The same bits on every CPU and for every thread count.
 *
 * @param scores - `[images, height, width]`, any unit, which the maps keep
 * @returns `[images, outHeight, outWidth]`
 * @throws AdError E_SHAPE, E_ARGUMENT, E_OUT_OF_MEMORY
 * @example
 * const maps = await anomalyMaps(scores, { images: 1, height: 28, width: 28, outHeight: 224, outWidth: 224 });
 */
export async function anomalyMaps(
  scores: Float32Array,
  settings: MapSettings,
  options: CallOptions = {},
): Promise<Float32Array> {
  const { images, height, width, outHeight, outWidth, sigma = 4, border = 'mirror' } = settings;
  for (const [name, value] of Object.entries({ images, height, width, outHeight, outWidth })) {
    checkInteger(name, value, 1);
  }
  checkFloats('scores', scores, images * height * width, `${images} x ${height} x ${width}`);
  if (!(sigma >= 0 && sigma <= 1000)) {
    throw new AdError('E_ARGUMENT', `sigma is ${sigma}; expected a number from 0 to 1000.`);
  }
  if (border !== 'mirror' && border !== 'reflect') {
    throw new AdError('E_ARGUMENT', `border is '${border}'; expected 'mirror' or 'reflect'.`);
  }
  const out = new Float32Array(images * outHeight * outWidth);
  const shape = { images, height, width, outHeight, outWidth };
  await call(options, (run) =>
    addon().anomalyMaps({ scores, ...shape, out, sigma, mirror: border === 'mirror' }, run),
  );
  return out;
}
