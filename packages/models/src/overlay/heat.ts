import { inferno, type Rgb } from './colormap.js';

/** The scores at the two ends of the colour bar, in the map's unit. */
export interface ScoreRange {
  low: number;
  high: number;
}

/** So much of the heat covers the part where it is hot: the defect itself must still show through. */
const STRONGEST = 0.7;
/** Within this first share of the range the heat fades in, slowly first, so that it has no edge of its own. */
const FADE_IN = 1 / 3;

/** Where a score lies in its range: 0 at `low` and below, 1 at `high` and above; a range of one value is cold. */
export function heatShare(value: number, { low, high }: ScoreRange): number {
  if (!(value > low)) return 0;
  return value >= high ? 1 : (value - low) / (high - low);
}

/** How much of the picture the heat covers at `share` of the range: nothing at its low end. */
export function heatOpacity(share: number): number {
  return STRONGEST * Math.min(1, share / FADE_IN) ** 2;
}

const LEVELS = 255;
const COLOURS: readonly Rgb[] = Array.from({ length: LEVELS + 1 }, (_, i) => inferno(i / LEVELS));

/**
 * Lays a map over a picture as heat, in place. Pixels at or below the low end, and NaN, stay as they are.
 *
 * @param rgb - `[pixels, 3]`
 * @param map - `[pixels]`, raw scores
 */
export function paintHeat(rgb: Uint8Array, map: Float32Array, range: ScoreRange): void {
  for (let i = 0; i < map.length; i++) {
    const share = heatShare(map[i]!, range);
    if (share === 0) continue;
    const opacity = heatOpacity(share);
    const colour = COLOURS[Math.round(share * LEVELS)]!;
    for (let c = 0; c < 3; c++) {
      const under = rgb[3 * i + c]!;
      rgb[3 * i + c] = Math.round(under + (colour[c]! - under) * opacity);
    }
  }
}
