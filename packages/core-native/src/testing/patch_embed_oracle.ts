import type { FeatureMap } from '../index.js';
import { bilinear, type Plane } from './bilinear_oracle.js';

/** The mean over patch x patch, zeros beyond the border, always divided by patch^2. */
function pooled({ values, height, width }: Plane, patch: number): Plane {
  const half = (patch - 1) / 2;
  const out = new Float64Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let v = y - half; v <= y + half; v++) {
        for (let u = x - half; u <= x + half; u++) {
          const inside = v >= 0 && v < height && u >= 0 && u < width;
          if (inside) out[y * width + x]! += values[v * width + u]! / patch ** 2;
        }
      }
    }
  }
  return { values: out, height, width };
}

/** What patchEmbed computes, from its definition in double precision. */
export function patchEmbedOracle(maps: readonly FeatureMap[], images: number, patch: number): Float64Array {
  const { height, width } = maps[0]!;
  const cols = maps.reduce((sum, map) => sum + map.channels, 0);
  const out = new Float64Array(images * height * width * cols);
  for (let image = 0; image < images; image++) {
    let column = 0;
    for (const map of maps) {
      const size = map.height * map.width;
      for (let c = 0; c < map.channels; c++, column++) {
        const start = (image * map.channels + c) * size;
        const plane = { ...map, values: map.data.subarray(start, start + size) };
        const { values } = bilinear(pooled(plane, patch), height, width);
        for (let at = 0; at < height * width; at++) {
          out[(image * height * width + at) * cols + column] = values[at]! * (map.scale ?? 1);
        }
      }
    }
  }
  return out;
}
