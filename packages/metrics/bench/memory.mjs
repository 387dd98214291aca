// What one computation adds to the peak of a process of its own: prints bytes per pixel. Linux only. Run by metrics.mjs.
//
//   node bench/memory.mjs auroc|pixels <pixels>
import { readFileSync } from 'node:fs';
import { auroc, PixelMetrics } from '../dist/index.js';

const [what, count] = [process.argv[2], Number(process.argv[3])];
const side = 224;

/** The highest resident memory so far; resourceUsage().maxRSS would begin with the parent's. */
function peakKilobytes() {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}

/** Noise, the same on every machine; one row of 32 is defective. */
function noise(length) {
  const scores = new Float32Array(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    scores[i] = state / 2 ** 32;
  }
  return scores;
}

const compute = {
  auroc: (scores, mask) => auroc(scores, mask),
  pixels: (scores, mask) => {
    const pixels = new PixelMetrics();
    const size = side * side;
    for (let at = 0; at + size <= scores.length; at += size) {
      pixels.add(scores.subarray(at, at + size), mask.subarray(at, at + size), side, side);
    }
    return pixels.auroc();
  },
}[what];

// A small run first, so that compiled code is not counted.
compute(noise(4 * side * side), new Uint8Array(4 * side * side).fill(1, 0, side * side));
const scores = noise(count);
const mask = new Uint8Array(count);
for (let i = 0; i < count; i++) mask[i] = Number(Math.floor(i / side) % 32 === 0);
const before = peakKilobytes();
const { defined } = compute(scores, mask);
if (!defined) throw new Error('the set is meant to have a value');
console.log(((peakKilobytes() - before) * 1024) / count);
