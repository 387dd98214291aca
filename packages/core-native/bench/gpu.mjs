// The CUDA kernels on this machine's GPU: the same results as the CPU's, and the time beside the roofline's. Prints a table
// in Markdown; nobody of this project has a GPU, so please send it in as an issue.
//
//   pnpm bench:gpu [--rounds 5] [--only coreset]
//   pnpm bench:gpu --estimate       the rooflines of docs/gpu.md; needs no GPU
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { cudaInfo } from '../dist/index.js';
import { DEVICES, deviceNamed, roofline } from './gpu/devices.mjs';
import { difference, WORKLOADS } from './gpu/workloads.mjs';

const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const head = (...cells) => {
  row(...cells);
  row(...cells.map((_, i) => (i === 0 ? '---' : '--:')));
};
const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
const ms = (seconds) => (seconds * 1000).toPrecision(3);
const scaled = (n) => (n ? (n / 1e9).toPrecision(3) : '');

function estimate() {
  head(
    'work',
    'fp32 (1e9)',
    '__dp4a (1e9)',
    'fp64 (1e9)',
    'memory (GB)',
    'bus (GB)',
    ...DEVICES.map(({ name }) => `${name} (ms)`),
  );
  for (const { name, work } of WORKLOADS) {
    const times = DEVICES.map((device) => {
      const { kernel, bound, bus } = roofline(device, work);
      return `${ms(kernel)} ${bound} + ${ms(bus)} bus`;
    });
    row(
      name,
      scaled(work.lanes),
      scaled(work.dp4a),
      scaled(work.fp64),
      scaled(work.memory),
      scaled(work.bus),
      ...times,
    );
  }
}

/** The work's results, and the median seconds of a call after one that warms up. */
async function timed(run, options, rounds) {
  const results = await run(options);
  const times = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    await run(options);
    times.push((performance.now() - start) / 1000);
  }
  return { results, seconds: median(times) };
}

/** "same bits", or the largest difference; whether it is within what the work allows. */
function compare(got, expected, tolerance) {
  const by = Math.max(...got.map((array, i) => difference(array, expected[i])));
  return { right: by <= tolerance, text: by === 0 ? 'same bits' : `${by.toExponential(1)} apart` };
}

async function measure({ rounds, only }) {
  const info = await cudaInfo();
  if (info.state !== 'usable') {
    console.log(`There is no GPU to measure here: ${info.reason}. ${info.remedy ?? ''}`);
    process.exitCode = 1;
    return;
  }
  const device = deviceNamed(info.name);
  console.log(
    `${info.name}, compute capability ${info.computeCapability}, driver ${info.driver}; ${cpus()[0]?.model}`,
  );
  if (!device) console.log('bench/gpu/devices.mjs has no peak numbers of this device: no roofline.');
  console.log();
  head('work', 'result', 'CPU (ms)', 'GPU (ms)', 'faster', 'roofline with bus (ms)', 'fraction');
  for (const { name, work, tolerance, prepare } of WORKLOADS.filter((each) => each.name.includes(only))) {
    const run = await prepare();
    const cpu = await timed(run, { device: 'cpu' }, Math.min(rounds, 3));
    const gpu = await timed(run, { device: 'cuda' }, rounds);
    const { right, text } = compare(gpu.results, cpu.results, tolerance);
    const floor = device && roofline(device, work);
    const least = floor && floor.kernel + floor.bus;
    row(
      name,
      right ? text : `**WRONG: ${text}**`,
      ms(cpu.seconds),
      ms(gpu.seconds),
      (cpu.seconds / gpu.seconds).toFixed(1),
      least ? ms(least) : '',
      least ? (least / gpu.seconds).toFixed(2) : '',
    );
    if (!right) process.exitCode = 1;
  }
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    estimate: { type: 'boolean', default: false },
  },
});
if (values.estimate) estimate();
else await measure({ rounds: Number(values.rounds), only: values.only });
