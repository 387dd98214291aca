import type { SeededRandom } from '@ad/models';
import { SIZE } from './frame.js';
import type { Noise } from './noise.js';
import { TURNED } from './plate.js';

// The plate's coordinates reach this far in any pose.
const SIDE = SIZE + 64;
const RING_STEPS = 4;

/** What tools leave behind on one plate: unique to it, and the same wherever the plate lies. */
export interface Texture {
  /** Brush strokes along u, about standard normal. */
  brushed(u: number, v: number): number;
  /** Grooves of the lathe at a radius, about standard normal. */
  turned(radius: number): number;
}

/** The texture of a new plate. */
export function makeTexture(noise: Noise, random: SeededRandom): Texture {
  const strokes = brushStrokes(noise, random);
  const grooves = smooth(noise.field((TURNED.outer + 2) * RING_STEPS, random), 0.5);
  return {
    brushed(u, v) {
      const x = u + SIDE / 2;
      const y = v + SIDE / 2;
      const left = Math.floor(x);
      const top = Math.floor(y);
      const at = top * SIDE + left;
      const upper = mix(strokes[at]!, strokes[at + 1]!, x - left);
      const lower = mix(strokes[at + SIDE]!, strokes[at + SIDE + 1]!, x - left);
      return mix(upper, lower, y - top);
    },
    turned: (radius) => grooves[Math.floor(radius * RING_STEPS)]!,
  };
}

/** Strokes of three lengths: noise that remembers along its row and knows nothing of the rows beside it. */
function brushStrokes(noise: Noise, random: SeededRandom): Float32Array {
  const out = new Float32Array(SIDE * SIDE);
  for (const { memory, weight } of [
    { memory: 0.99, weight: 0.7 },
    { memory: 0.9, weight: 0.6 },
    { memory: 0.4, weight: 0.4 },
  ]) {
    const layer = smooth(noise.field(SIDE * SIDE, random), memory);
    for (let i = 0; i < out.length; i++) out[i]! += weight * layer[i]!;
  }
  return out;
}

/** First-order autoregression that keeps the variance of white noise. */
function smooth(white: Float32Array, memory: number): Float32Array {
  const fresh = Math.sqrt(1 - memory * memory);
  for (let i = 1; i < white.length; i++) white[i] = memory * white[i - 1]! + fresh * white[i]!;
  return white;
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}
