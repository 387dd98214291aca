import type { Size } from '../image/index.js';
import type { Region } from '../model/prediction.js';
import { contourPath, traceContours } from './contour.js';
import { regionMask } from './region_mask.js';
import { THEME } from './theme.js';

/**
 * The exact outlines of regions, along the edges of their pixels, as the data of one SVG path.
 *
 * @param map - `[height, width]`, in which the regions were found
 * @param scale - picture pixels per map pixel
 * @throws AdError E_ARGUMENT when a region is not of this map
 */
export function regionsPath(
  map: Float32Array,
  size: Size,
  regions: readonly Region[],
  scale: number,
): string {
  return regions
    .map((region) => {
      const contours = traceContours(regionMask(map, size, region), region);
      return contourPath(contours, scale, region.left, region.top);
    })
    .join('');
}

/** A line of `colour` with a dark casing: one of the two shows on any ground. */
export function casedLine(path: string, colour: string, unit: number): string {
  if (path === '') return '';
  const line = (stroke: string, width: number) =>
    `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="${width * unit}" stroke-linejoin="round"/>`;
  return line(THEME.casing, 4.5) + line(colour, 2);
}
