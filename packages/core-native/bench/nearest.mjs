// Exact search, side by side with its peers: alternating rounds on the same files, medians over images, ratio per round,
// of wall time and of user CPU time (which other work on the machine disturbs less).
//
//   node bench/nearest.mjs <folder of bench/peers/nearest_features.py> [--python python3] [--threads 2] [--rounds 3]
//                          [--sets real384,real1536,hard1536] [--k 1,9] [--peers faiss,torch,sklearn]
//                          [--check 16]
//
// --check n compares every n-th query of every image with brute force in double precision (0: none).
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpuInfo, NearestIndex } from '../dist/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string', default: 'python3' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    sets: { type: 'string', default: 'real384,real1536,hard1536' },
    k: { type: 'string', default: '1,9' },
    peers: { type: 'string', default: 'faiss' },
    check: { type: 'string', default: '16' },
  },
});
const folder = positionals[0];
if (!folder) throw new Error('name the folder that bench/peers/nearest_features.py wrote');
const threads = Number(values.threads);
const script = join(dirname(fileURLToPath(import.meta.url)), '../../../bench/peers/nearest_search.py');

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
const floats = (path) => {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
};

/** Milliseconds per image, on the clock and of all threads' user time. */
async function searchTimes(index, images, k) {
  await index.search(images[0], k, { threads });
  const times = [];
  const cpu = [];
  for (const image of images) {
    const begin = performance.now();
    const used = process.cpuUsage().user;
    await index.search(image, k, { threads });
    times.push(performance.now() - begin);
    cpu.push((process.cpuUsage().user - used) / 1000);
  }
  return { times, cpu };
}

/** How many of the checked neighbours are farther than brute force's, beyond fp32 rounding. */
async function wrong(index, bank, images, k, step) {
  let count = 0;
  for (const image of images) {
    const { distances } = await index.search(image, k, { threads });
    for (let q = 0; q < image.rows; q += step) {
      const all = new Float64Array(bank.rows);
      for (let row = 0; row < bank.rows; row++) {
        let squared = 0;
        for (let c = 0; c < bank.cols; c++) {
          squared += (bank.data[row * bank.cols + c] - image.data[q * bank.cols + c]) ** 2;
        }
        all[row] = Math.sqrt(squared);
      }
      all.sort();
      for (let j = 0; j < k; j++) count += Math.abs(distances[q * k + j] - all[j]) > 1e-5 * all[j] ? 1 : 0;
    }
  }
  return count;
}

console.log(`${cpus()[0].model}, level ${cpuInfo().level}, ${threads} threads, node ${process.version}`);
for (const name of values.sets.split(',')) {
  const { cols, rowsPerImage } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  const [bankPath, queryPath] = ['bank', 'queries'].map((part) => join(folder, `${name}.${part}.f32`));
  const data = floats(bankPath);
  const bank = { data, rows: data.length / cols, cols };
  const queries = floats(queryPath);
  const images = Array.from({ length: queries.length / cols / rowsPerImage }, (_, i) => ({
    data: queries.subarray(i * rowsPerImage * cols, (i + 1) * rowsPerImage * cols),
    rows: rowsPerImage,
    cols,
  }));
  const begin = performance.now();
  const index = await NearestIndex.build(bank, { threads });
  console.log(`${name}: bank ${bank.rows} x ${cols}, built in ${(performance.now() - begin).toFixed(0)} ms`);
  for (const k of values.k.split(',').map(Number)) {
    const step = Number(values.check);
    const errors = step > 0 ? `${await wrong(index, bank, images, k, step)} wrong` : 'not checked';
    console.log(`  k = ${k}, ${errors}`);
    for (const peer of values.peers.split(',')) {
      console.log(
        `    ${await against(peer, [bankPath, queryPath, cols, rowsPerImage, k, threads], index, images, k)}`,
      );
    }
  }
}

/** Medians over alternating rounds with one peer. */
async function against(peer, args, index, images, k) {
  const rounds = [];
  let peerName = '';
  for (let round = 0; round < Number(values.rounds); round++) {
    const answer = JSON.parse(
      execFileSync(values.python, [script, peer, ...args.map(String)], { encoding: 'utf8' }),
    );
    peerName = answer.name;
    const found = await searchTimes(index, images, k);
    const [ours, theirs] = [median(found.times), median(answer.times)];
    const [oursCpu, theirsCpu] = [median(found.cpu), median(answer.cpu)];
    rounds.push({ ours, theirs, ratio: theirs / ours, oursCpu, theirsCpu, ratioCpu: theirsCpu / oursCpu });
  }
  const of = (key) => median(rounds.map((round) => round[key]));
  return (
    `${of('ours').toFixed(1)} ms an image, ${peerName} ${of('theirs').toFixed(1)} ms, ` +
    `${of('ratio').toFixed(1)} times faster (CPU ${of('oursCpu').toFixed(1)} and ${of('theirsCpu').toFixed(1)} ms, ` +
    `${of('ratioCpu').toFixed(1)} times)`
  );
}
