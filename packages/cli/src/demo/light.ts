import type { SeededRandom } from '@ad/models';
import { SIZE } from './frame.js';
import { between } from './random_values.js';

/** One lamp above the line, a little different in each picture. */
export interface Light {
  /** Where the light comes from, a unit vector in the picture's plane. */
  direction: readonly [number, number];
  /** Change of the irradiance from the centre to the border, relative. */
  slope: number;
  /** Relative exposure. */
  exposure: number;
  /** The lamp's mirror image in the brushed metal: a band across the strokes; place and width in px. */
  glare: { at: number; width: number; strength: number };
  /** Colour of the light: red, green, blue. */
  colour: readonly [number, number, number];
}

/** Light from the upper left, within what a lamp drifts over a shift. */
export function makeLight(random: SeededRandom): Light {
  const azimuth = between(random, -2.7, -2.0);
  const warmth = between(random, -0.03, 0.03);
  return {
    direction: [Math.cos(azimuth), Math.sin(azimuth)],
    slope: between(random, 0.08, 0.3),
    exposure: between(random, 0.85, 1.12),
    glare: {
      at: between(random, -70, 70),
      width: between(random, 45, 80),
      strength: between(random, 0.1, 0.3),
    },
    colour: [0.97 + warmth, 1, 1.03 - warmth],
  };
}

/** Irradiance at a pixel, 1 = a well exposed centre. */
export function irradiance({ direction, slope, exposure }: Light, column: number, row: number): number {
  const x = (2 * column) / SIZE - 1;
  const y = (2 * row) / SIZE - 1;
  // The lens loses light towards the corners.
  const vignette = 1 - 0.1 * (x * x + y * y);
  return exposure * vignette * (1 + slope * (direction[0] * x + direction[1] * y));
}

/** What the metal adds by mirroring the lamp, relative to its diffuse light, at `u` px along the strokes. */
export function glare({ glare: { at, width, strength } }: Light, u: number): number {
  return strength * Math.exp(-(((u - at) / width) ** 2) / 2);
}
