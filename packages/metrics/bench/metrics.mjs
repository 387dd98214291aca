// Pixel AUROC and AUPRO, side by side with scikit-learn and with numpy: alternating rounds on the same files, medians,
// ratio of the medians; both sides are warm. Then the memory of ours.
//
//   node bench/metrics.mjs [--python python3] [--rounds 5]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { aupro, auroc } from '../dist/index.js';

const { values } = parseArgs({
  options: { python: { type: 'string', default: 'python3' }, rounds: { type: 'string', default: '5' } },
});
const rounds = Number(values.rounds);
const [IMAGES, GOOD, SIZE] = [83, 20, 224];
const PIXELS = IMAGES * SIZE * SIZE;
const peer = fileURLToPath(new URL('../../../bench/peers/metrics_numpy.py', import.meta.url));
const memory = fileURLToPath(new URL('memory.mjs', import.meta.url));
const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];

/** Smooth maps with noise and one or two round defects on the defective images; the same on every machine. */
function testSet() {
  const scores = new Float32Array(PIXELS);
  const masks = new Uint8Array(PIXELS);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let image = 0; image < IMAGES; image++) {
    const spots = Array.from({ length: image < GOOD ? 0 : 1 + (image % 2) }, () => ({
      x: SIZE * random(),
      y: SIZE * random(),
      radius: 6 + 18 * random(),
    }));
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        const i = (image * SIZE + y) * SIZE + x;
        let score = 1 + 0.3 * Math.sin(x / 17 + image) * Math.cos(y / 23) + 0.5 * random();
        for (const spot of spots) {
          const distance = Math.hypot(x - spot.x, y - spot.y) / spot.radius;
          if (distance < 1) masks[i] = 1;
          score += 1.2 * Math.exp(-distance * distance);
        }
        scores[i] = score;
      }
    }
  }
  return { scores, masks };
}

/** A call that follows another, as in the peer: neither side pays for fresh pages or cold caches. */
function timed(run) {
  run();
  const begin = performance.now();
  const value = run();
  return { ms: performance.now() - begin, value };
}

const folder = mkdtempSync(join(tmpdir(), 'metrics-bench-'));
try {
  const { scores, masks } = testSet();
  writeFileSync(join(folder, 'scores.f32'), scores);
  writeFileSync(join(folder, 'masks.u8'), masks);
  const images = Array.from({ length: IMAGES }, (_, i) => {
    const [from, to] = [i * SIZE * SIZE, (i + 1) * SIZE * SIZE];
    return {
      map: scores.slice(from, to),
      mask: i < GOOD ? null : masks.slice(from, to),
      width: SIZE,
      height: SIZE,
    };
  });
  const ours = { auroc: () => auroc(scores, masks), aupro: () => aupro(images, 0.3) };
  const names = Object.keys(ours);
  const times = Object.fromEntries(names.map((name) => [name, { ours: [], peer: [] }]));
  let theirs;
  for (let warm = 0; warm < 3; warm++) for (const run of Object.values(ours)) run();
  for (let round = 0; round < rounds; round++) {
    for (const name of names) times[name].ours.push(timed(ours[name]).ms);
    const printed = execFileSync(values.python, [peer, folder, String(IMAGES), String(SIZE)], {
      encoding: 'utf8',
    });
    theirs = JSON.parse(printed);
    for (const name of names) times[name].peer.push(theirs[name].ms);
  }
  console.log(`${cpus()[0].model}, ${cpus().length} cores; node ${process.version}; ${theirs.versions}`);
  console.log(`${PIXELS} pixels, ${IMAGES} maps of ${SIZE} x ${SIZE}, ${rounds} rounds, medians`);
  for (const name of names) {
    const [mine, other] = [median(times[name].ours), median(times[name].peer)];
    const difference = Math.abs(ours[name]().value - theirs[name].value);
    console.log(
      `${name}: ${mine.toFixed(0)} ms, ${theirs[name].peer} ${other.toFixed(0)} ms, ` +
        `${(other / mine).toFixed(1)} times as fast; values differ by ${difference.toExponential(1)}`,
    );
  }
  for (const what of ['auroc', 'pixels']) {
    const printed = execFileSync(process.execPath, [memory, what, String(PIXELS)], { encoding: 'utf8' });
    console.log(`${what}: ${Number(printed).toFixed(1)} bytes per pixel beside the input`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
