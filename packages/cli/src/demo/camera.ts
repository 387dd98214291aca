import { blur } from './blur.js';
import { SIZE } from './frame.js';

/** Standard deviation of the lens blur, px. */
export const LENS_SIGMA = 0.6;
/** Standard deviation of the sensor noise, levels of 255. */
const SENSOR_NOISE = 1.6;

/**
 * What the camera makes of the light that reaches it: lens blur, a square root as tone curve, sensor noise, 8 bits.
 * The square root is close to the curve of sRGB, and it makes the noise of counted photons the same for dark and
 * bright (Anscombe 1948), so that one standard deviation describes the sensor.
 *
 * @param radiance - red, green and blue planes `[SIZE, SIZE]`, linear, 1 = white
 * @param noise - as many planes, standard normal
 * @returns `[SIZE, SIZE, 3]`
 */
export function expose(radiance: readonly Float32Array[], noise: readonly Float32Array[]): Uint8ClampedArray {
  // Clamped arrays round and saturate, as a sensor does.
  const pixels = new Uint8ClampedArray(3 * SIZE * SIZE);
  radiance.forEach((plane, channel) => {
    const seen = blur(plane, LENS_SIGMA);
    const grain = noise[channel]!;
    for (let i = 0; i < seen.length; i++) {
      const level = 255 * Math.sqrt(Math.max(seen[i]!, 0));
      pixels[3 * i + channel] = level + SENSOR_NOISE * grain[i]!;
    }
  });
  return pixels;
}
