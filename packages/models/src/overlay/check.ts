import { AdError } from '@ad/core-native';
import type { ScoreRange } from './heat.js';
import type { PictureSource } from './picture.js';

/** @throws AdError E_SHAPE when image, map and mask are not of one size */
export function checkSource({ image, map, mask }: PictureSource): void {
  const { data, width, height } = image;
  const pixels = width * height;
  checkLength('image.data', data.length, 3 * pixels, `3 for each of the ${width} x ${height} pixels`);
  const each = `one for each of the image's ${width} x ${height} pixels`;
  if (map) checkLength('map', map.length, pixels, each);
  if (mask) checkLength('mask', mask.length, pixels, each);
}

function checkLength(name: string, found: number, expected: number, why: string): void {
  if (found === expected && expected > 0) return;
  throw new AdError(
    'E_SHAPE',
    `${name} has ${found} values; expected ${expected}, ${why}.`,
    'Give the map and the mask of this very image, in the pixels of the original.',
  );
}

/** @throws AdError E_NOT_FINITE, E_ARGUMENT */
export function checkRange({ low, high }: ScoreRange): void {
  checkFinite('range.low', low);
  checkFinite('range.high', high);
  if (low <= high) return;
  throw new AdError('E_ARGUMENT', `range runs from ${low} to ${high}; expected low <= high.`);
}

/** @throws AdError E_NOT_FINITE */
export function checkFinite(name: string, value: number | null): void {
  if (value === null || Number.isFinite(value)) return;
  throw new AdError('E_NOT_FINITE', `${name} is ${value}; expected a finite number.`);
}
