// PaDiM's Gaussians, side by side with torch: rounds alternate in one run on the same synthetic features, medians of
// wall time and of user CPU time (which other work on the machine disturbs less), and of the ratios per round.
//
//   node bench/gaussians.mjs [--python python3] [--positions 3136] [--cols 100] [--images 209] [--threads 2] [--rounds 7]
//                            [--batch 112,209]
//
// A fit is moments, added `batch` images at a time, and factors. torch gets what it can use of large pages
// (THP_MEM_ALLOC_ENABLE): where first touches are expensive they make it more than twice as fast. --small-pages withholds
// them.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpuInfo, factorise, mahalanobis, PositionMoments } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    positions: { type: 'string', default: '3136' },
    cols: { type: 'string', default: '100' },
    images: { type: 'string', default: '209' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '7' },
    'small-pages': { type: 'boolean', default: false },
    batch: { type: 'string', default: '112,209' },
  },
});
const [positions, cols, images, threads, rounds] = ['positions', 'cols', 'images', 'threads', 'rounds'].map(
  (key) => Number(values[key]),
);
const QUERIES = 8;

/** Seeded normal numbers, near enough: sums of four uniform ones. */
let state = 1;
const uniform = () => {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return state / 2 ** 31;
};
const bell = () => (uniform() + uniform() + uniform() + uniform()) * 0.866;

/** [images + QUERIES, positions, cols]: a spectrum that falls from axis to axis, along axes that each position mixes
 * in its own way, over a floor of noise; not negative, as after a ReLU. */
function synthetic() {
  const axes = 24;
  const out = new Float32Array((images + QUERIES) * positions * cols);
  const mixing = Float32Array.from({ length: axes * (cols + positions) }, bell);
  const along = new Float32Array(axes);
  for (let row = 0; row < out.length / cols; row++) {
    const shift = row % positions;
    for (let a = 0; a < axes; a++) along[a] = bell() / (a + 1) ** 0.7;
    for (let c = 0; c < cols; c++) {
      let sum = 0.5 + 0.2 * uniform();
      for (let a = 0; a < axes; a++) sum += along[a] * mixing[a * (cols + positions) + shift + c];
      out[row * cols + c] = Math.max(sum, 0);
    }
  }
  return out;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

async function timed(work) {
  const begin = performance.now();
  const used = process.cpuUsage().user;
  const result = await work();
  return { wall: performance.now() - begin, cpu: (process.cpuUsage().user - used) / 1000, result };
}

const folder = mkdtempSync(join(tmpdir(), 'gaussians-'));
const path = join(folder, 'features.f32');
const features = synthetic();
writeFileSync(path, features);
const script = join(dirname(fileURLToPath(import.meta.url)), '../../../bench/peers/padim_torch.py');
const peer = spawn(values.python, [script, path, positions, cols, images, threads].map(String), {
  stdio: ['pipe', 'pipe', 'inherit'],
  env: { ...process.env, ...(values['small-pages'] ? {} : { THP_MEM_ALLOC_ENABLE: '1' }) },
});
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
const answer = async () => JSON.parse((await answers.next()).value);
const ask = async (command) => {
  peer.stdin.write(`${command}\n`);
  return answer();
};

const part = (first, count) => ({
  data: features.subarray(first * positions * cols, (first + count) * positions * cols),
  rows: count * positions,
  cols,
});

async function fit(batch) {
  const moments = new PositionMoments(positions, cols);
  for (let first = 0; first < images; first += batch) {
    await moments.add(part(first, Math.min(batch, images - first)), { threads });
  }
  return factorise(moments, { ridge: 0.01 }, { threads });
}

/** Threads of the peer that has just answered may still spin, waiting for more, on the cores that are measured next. */
function rest() {
  return new Promise((resolve) => setTimeout(resolve, 100));
}

/** One line: medians of both sides and of the ratio of each round. */
function report(name, ours, theirs) {
  const of = (key) => {
    const ratio = median(ours.map((one, i) => theirs[i][key] / one[key]));
    const [a, b] = [ours, theirs].map((side) => median(side.map((one) => one[key])).toFixed(1));
    return `${a} and ${b} ms, ${ratio.toFixed(1)} times`;
  };
  console.log(`  ${name}: ${of('wall')} (CPU ${of('cpu')})`);
}

const { name } = await answer();
console.log(
  `${cpus()[0].model}, level ${cpuInfo().level}, ${threads} threads, node ${process.version}, ${name}`,
);
console.log(
  `${positions} positions, ${cols} columns, ${images} images; here and torch, medians of ${rounds} rounds`,
);

let gaussians = await fit(images);
await ask('fit');
for (const batch of values.batch.split(',').map(Number)) {
  const [ours, theirs] = [[], []];
  for (let round = 0; round < rounds; round++) {
    theirs.push(await ask('fit'));
    await rest();
    const found = await timed(() => fit(batch));
    gaussians = found.result;
    ours.push(found);
  }
  report(`fit, ${batch} images at a time`, ours, theirs);
}
for (const count of [1, QUERIES]) {
  const [ours, solve, inverse] = [[], [], []];
  await ask(`score ${count} ${images}`);
  for (let round = 0; round < 5 * rounds; round++) {
    const theirs = await ask(`score ${count} ${images}`);
    solve.push(theirs.solve);
    inverse.push(theirs.inverse);
    await rest();
    ours.push(await timed(() => mahalanobis(part(images, count), gaussians, { threads })));
  }
  report(`score ${count}, torch solving`, ours, solve);
  report(`score ${count}, torch with inverses`, ours, inverse);
}
const expected = await ask(`distances ${images}`);
const found = await mahalanobis(part(images, 1), gaussians, { threads });
const worst = Math.max(...expected.map((value, i) => Math.abs(found[i] - value) / value));
console.log(`  distances differ by ${worst.toExponential(1)} at most, relative`);
peer.stdin.end();
rmSync(folder, { recursive: true });
