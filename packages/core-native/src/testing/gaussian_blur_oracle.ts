import type { MapSettings } from '../index.js';
import { bilinear, type Plane } from './bilinear_oracle.js';

/** Walks from the border back into [0, n) a step at a time, as a reader of scipy's manual would. */
function folded(at: number, n: number, border: 'mirror' | 'reflect'): number {
  if (n === 1) return 0;
  const before = border === 'mirror' ? 0 : -1;
  const after = border === 'mirror' ? 2 * n - 2 : 2 * n - 1;
  while (at < 0 || at >= n) at = at < 0 ? before - at : after - at;
  return at;
}

/** Both axes at once: each pixel is a weighted mean over the square around it. */
function blurred({ values, height, width }: Plane, sigma: number, border: 'mirror' | 'reflect'): Plane {
  const radius = Math.trunc(4 * sigma + 0.5);
  const taps = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
  const weight = (t: number) => (t === 0 ? 1 : Math.exp(-(t ** 2) / (2 * sigma ** 2)));
  const total = taps.reduce((sum, t) => sum + weight(t), 0);
  const out = new Float64Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (const v of taps) {
        for (const u of taps) {
          const at = folded(y + v, height, border) * width + folded(x + u, width, border);
          out[y * width + x]! += (weight(v) * weight(u) * values[at]!) / total ** 2;
        }
      }
    }
  }
  return { values: out, height, width };
}

/** What anomalyMaps computes, from its definition in double precision. */
export function anomalyMapsOracle(scores: Float32Array, settings: Required<MapSettings>): Float64Array {
  const { images, height, width, outHeight, outWidth, sigma, border } = settings;
  const size = height * width;
  const maps = Array.from({ length: images }, (_, i) => {
    const plane = { values: scores.subarray(i * size, (i + 1) * size), height, width };
    return Array.from(blurred(bilinear(plane, outHeight, outWidth), sigma!, border!).values);
  });
  return Float64Array.from(maps.flat());
}
