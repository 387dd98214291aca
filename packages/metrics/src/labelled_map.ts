import { MetricError } from './errors.js';
import { bitsOf } from './sort_floats.js';

const EXPONENT = 0x7f800000;
const LOWEST_EXPONENT_BIT = 0x00800000;

/** An anomaly map with its ground truth. */
export interface LabelledMap {
  /** `[height, width]`, raw scores, finite, higher is more anomalous. */
  map: Float32Array;
  /** `[height, width]`, 1 = defective, or null for a good image. */
  mask: Uint8Array | null;
  /** Pixels per row. */
  width: number;
  /** Rows. */
  height: number;
}

/** Refuses sizes that do not match the arrays. */
export function checkSize(
  map: Float32Array,
  masks: readonly Uint8Array[],
  width: number,
  height: number,
): void {
  const pixels = width * height;
  if (map.length === pixels && masks.every((mask) => mask.length === pixels)) return;
  const found = [`map ${map.length}`, ...masks.map((mask) => `mask ${mask.length}`)].join(', ');
  throw new MetricError('E_LENGTH', `${width} x ${height} = ${pixels} pixels expected; found: ${found}.`);
}

/** Refuses map values that are not finite and mask values that are neither 0 nor 1. */
export function checkPixels(map: Float32Array, masks: readonly Uint8Array[]): void {
  if (!allFinite(map)) {
    const at = map.findIndex((value) => !Number.isFinite(value));
    throw new MetricError(
      'E_NOT_FINITE',
      `The map's value at pixel ${at} is ${map[at]}; expected a finite number.`,
      'Find out what produced it; a metric over the other pixels would hide the fault.',
    );
  }
  for (const mask of masks) {
    if (allBinary(mask)) continue;
    const at = mask.findIndex((value) => value > 1);
    throw new MetricError(
      'E_LABEL',
      `The mask's value at pixel ${at} is ${mask[at]}; expected 0 or 1.`,
      'Threshold the mask first, for 8-bit images at 128.',
    );
  }
}

// Both look at every value without a branch: good input, the usual case, has no reason to stop early.

function allFinite(map: Float32Array): boolean {
  const bits = bitsOf(map);
  let overflow = 0;
  // Only in NaN and the infinities all bits of the exponent are set, and one more carries into the sign.
  for (let i = 0; i < bits.length; i++) overflow |= (bits[i]! & EXPONENT) + LOWEST_EXPONENT_BIT;
  return overflow >= 0;
}

function allBinary(mask: Uint8Array): boolean {
  let all = 0;
  for (let i = 0; i < mask.length; i++) all |= mask[i]!;
  return all <= 1;
}

/** Feeds images to an accumulator; there must be one at least. */
export function addAll<Image>(images: Iterable<Image>, add: (image: Image) => void): void {
  let count = 0;
  for (const image of images) {
    add(image);
    count++;
  }
  if (count === 0) throw new MetricError('E_EMPTY', 'There are no images.');
}
