// Principal components, side by side with numpy.linalg.svd and scikit-learn: alternating rounds on the same rows, medians
// of wall and of user CPU time, and how far singular values are from a decomposition in double precision.
//
//   node bench/pca.mjs [--python python3] [--threads 2] [--rounds 3] [--shapes 209x16384,2000x512] [--share 0.97]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpuInfo, pca } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    shapes: { type: 'string', default: '209x16384,2000x512' },
    share: { type: 'string', default: '0.97' },
  },
});
const threads = Number(values.threads);
const peer = join(dirname(fileURLToPath(import.meta.url)), '../../../bench/peers/pca_numpy.py');
const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
const seconds = (times) => `${median(times).toFixed(3)} s`;

/** Rows whose spread falls from axis to axis as features' does, along axes that every column has a part in. */
function features(rows, cols) {
  let state = 1;
  const noise = () => {
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      sum += state / 2 ** 32 - 0.5;
    }
    return sum;
  };
  const data = new Float32Array(rows * cols);
  for (let axis = 0; axis < 200; axis++) {
    const direction = Float32Array.from({ length: cols }, noise);
    for (let r = 0; r < rows; r++) {
      const along = noise() / (1 + axis);
      for (let c = 0; c < cols; c++) data[r * cols + c] += along * direction[c];
    }
  }
  for (let i = 0; i < data.length; i++) data[i] += 0.02 * noise();
  return { data, rows, cols };
}

const folder = mkdtempSync(join(tmpdir(), 'ad-pca-'));
try {
  console.log(`${cpus()[0].model}, level ${cpuInfo().level}, ${threads} threads, node ${process.version}`);
  for (const shape of values.shapes.split(',')) {
    const [count, cols] = shape.split('x').map(Number);
    const rows = features(count, cols);
    const [path, exactPath] = ['rows.f32', 'exact.f64'].map((name) => join(folder, name));
    writeFileSync(path, rows.data);
    await pca(rows, { keep: Number(values.share) }, { threads });
    const ours = [];
    const theirs = [];
    let found;
    for (let round = 0; round < Number(values.rounds); round++) {
      const args = [peer, path, cols, values.share, threads, exactPath].map(String);
      theirs.push(JSON.parse(execFileSync(values.python, args, { encoding: 'utf8' })));
      const begin = performance.now();
      const used = process.cpuUsage().user;
      found = await pca(rows, { keep: Number(values.share) }, { threads });
      ours.push({
        seconds: (performance.now() - begin) / 1000,
        user: (process.cpuUsage().user - used) / 1e6,
      });
    }
    const bytes = readFileSync(exactPath);
    const exact = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
    const error = Math.max(...found.singularValues.map((s, i) => Math.abs(s - exact[i]))) / exact[0];
    const both = (times) =>
      `${seconds(times.map((time) => time.seconds))} (user ${seconds(times.map((time) => time.user))})`;
    const of = (way) => theirs.map((answer) => answer[way]);
    console.log(
      `${shape}, ${values.share} of the variance: ${both(ours)}, ${found.components.rows} components, singular values to ` +
        `${error.toExponential(1)} of the largest\n` +
        `  ${theirs[0].versions}\n` +
        `  numpy svd in fp32: ${both(of('single'))}, to ${of('single')[0].error.toExponential(1)}\n` +
        `  numpy svd in fp64: ${both(of('double'))}\n` +
        `  numpy eigh of the smaller product in fp64: ${both(of('gram'))}\n` +
        `  scikit-learn, full: ${both(of('sklearn'))}, ${of('sklearn')[0].components} components`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
