import type { SeededRandom } from '@ad/models';
import { SIZE } from './frame.js';
import { type Light, makeLight } from './light.js';
import type { Noise } from './noise.js';
import { makePlate, type Plate } from './plate.js';
import { makeTexture, type Texture } from './texture.js';

/** All that decides a picture. Drawing it twice gives the same pixels. */
export interface Scene {
  plate: Plate;
  texture: Texture;
  light: Light;
  /** Grain of the mat under the plate, `[SIZE, SIZE]`, standard normal. */
  mat: Float32Array;
  /** Noise of the sensor: red, green and blue planes `[SIZE, SIZE]`, standard normal. */
  sensor: readonly Float32Array[];
}

/** A new good plate under new light. */
export function makeScene(noise: Noise, random: SeededRandom): Scene {
  return {
    plate: makePlate(random),
    texture: makeTexture(noise, random),
    light: makeLight(random),
    mat: noise.field(SIZE * SIZE, random),
    sensor: [0, 1, 2].map(() => noise.field(SIZE * SIZE, random)),
  };
}
