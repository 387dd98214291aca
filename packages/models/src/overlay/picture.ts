import type { RgbImage, Size } from '../image/index.js';
import type { Region } from '../model/prediction.js';
import { contourPath, traceContours } from './contour.js';
import { paintHeat, type ScoreRange } from './heat.js';
import { casedLine, regionsPath } from './outline.js';
import { resampleImage, resampleMap } from './resample.js';
import { paintRim } from './rim.js';
import { THEME } from './theme.js';

/** An image and what is to be shown on it. Map and mask have one value per pixel of the image. */
export interface PictureSource {
  image: RgbImage;
  /** `[height, width]`, raw scores; NaN where nothing was inspected. */
  map?: Float32Array;
  /** Of the map. */
  regions?: readonly Region[];
  /** `[height, width]`, a ground truth: not 0 = defect. */
  mask?: Uint8Array;
}

/** A painted picture: its pixels, and an SVG fragment of the lines on it, from its own upper left corner. */
export interface Picture {
  pixels: RgbImage;
  lines: string;
}

/** Picture pixels per image pixel: a whole factor up to reach `least`, any factor down to stay within `most`. */
export function pictureScale({ width, height }: Size, least: number, most: number): number {
  const longest = Math.max(width, height);
  if (longest > most) return most / longest;
  return Math.min(Math.ceil(least / longest), Math.floor(most / longest));
}

/** An image's size at a scale; no side vanishes. */
export function scaledSize({ width, height }: Size, scale: number): Size {
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/** Paints heat and rim into the image, and draws the outlines of regions and mask. */
export async function paintPicture(
  { image, map, regions = [], mask }: PictureSource,
  { scale, unit, range }: { scale: number; unit: number; range: ScoreRange },
): Promise<Picture> {
  const pixels = await resampleImage(image, scaledSize(image, scale));
  let lines = '';
  if (mask) lines += casedLine(contourPath(traceContours(mask, image), scale), THEME.truth, unit);
  if (map) {
    const shown = resampleMap(map, image, pixels);
    paintHeat(pixels.data, shown, range);
    paintRim(pixels, shown, Math.round(8 * unit));
    lines += casedLine(regionsPath(map, image, regions, scale), THEME.region, unit);
  }
  return { pixels, lines };
}
