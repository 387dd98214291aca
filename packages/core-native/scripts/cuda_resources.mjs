// What nvcc gives each kernel: registers, shared memory, spills. Exits with 1 where a kernel spills.
//
//   node scripts/cuda_resources.mjs                     sm_80 and sm_90, as `npm test` does
//   node scripts/cuda_resources.mjs --all --markdown    every architecture of a release, as the table of docs/gpu.md
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { nativeFile } from './native_tests.mjs';

const execute = promisify(execFile);
const TESTED = ['sm_80', 'sm_90'];
const RELEASED = ['sm_75', 'sm_80', 'sm_86', 'sm_89', 'sm_90', 'sm_100', 'sm_120'];

/** The kernels' names and numbers in what ptxas says. */
export function parseResources(text) {
  const kernels = [];
  let current;
  for (const line of text.split('\n')) {
    const entry = /Compiling entry function '(\S+)' for '(\S+)'/.exec(line);
    if (entry) kernels.push((current = { name: plainName(entry[1]), architecture: entry[2] }));
    const stack = /(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads/.exec(line);
    if (stack && current)
      [current.stack, current.spillStores, current.spillLoads] = stack.slice(1).map(Number);
    const used = /Used (\d+) registers/.exec(line);
    if (!used || !current) continue;
    current.registers = Number(used[1]);
    current.shared = Number(/(\d+) bytes smem/.exec(line)?.[1] ?? 0);
  }
  return kernels;
}

/** The last name in a mangled one: `_ZN2ad4cuda6chooseE...` is choose. */
function plainName(mangled) {
  let rest = mangled.replace(/^_ZN?/, '');
  let name = mangled;
  for (let match = /^(\d+)/.exec(rest); match; match = /^(\d+)/.exec(rest)) {
    const start = match[1].length;
    name = rest.slice(start, start + Number(match[1]));
    rest = rest.slice(start + Number(match[1]));
  }
  return name;
}

/** Registers, shared memory and spills of every kernel of a file, for every architecture. */
async function resourcesOf(file, architectures, folder) {
  const native = nativeFile();
  const targets = architectures.map((each) => `-gencode=arch=${each.replace('sm', 'compute')},code=${each}`);
  const output = join(folder, `${basename(file)}.fatbin`);
  const { stderr } = await execute('nvcc', [
    ...targets,
    ...['-std=c++17', '-O3', '-fmad=false', '-Xptxas=-v', '-I', native, '-I', join(native, 'include')],
    ...['-fatbin', '-o', output, file],
  ]);
  return parseResources(stderr).map((kernel) => ({ ...kernel, file: basename(file, '.cu') }));
}

async function main(options) {
  if (spawnSync('nvcc', ['--version'], { stdio: 'ignore' }).status !== 0) {
    console.log(
      'CUDA kernels not compiled: nvcc was not found (install the CUDA toolkit 13, and put nvcc on the PATH)',
    );
    return;
  }
  const architectures = options.includes('--all') ? RELEASED : TESTED;
  const files = readdirSync(nativeFile('kernels'), { recursive: true })
    .filter((file) => file.endsWith('.cu'))
    .map((file) => nativeFile('kernels', file));
  const folder = mkdtempSync(join(tmpdir(), 'ad-cuda-'));
  const kernels = [];
  try {
    const rest = [...files];
    const worker = async () => {
      for (let file = rest.shift(); file; file = rest.shift()) {
        kernels.push(...(await resourcesOf(file, architectures, folder)));
      }
    };
    await Promise.all(Array.from({ length: Math.min(availableParallelism(), files.length) }, worker));
  } finally {
    rmSync(folder, { recursive: true });
  }
  print(kernels, architectures, options.includes('--markdown'));
  const spilled = kernels.filter((kernel) => kernel.spillStores + kernel.spillLoads > 0);
  if (kernels.length === 0 || spilled.length > 0) process.exitCode = 1;
  console.log(`\n${kernels.length} kernels for ${architectures.join(', ')}: ${spilled.length} spill`);
}

/** One line a kernel; for each architecture its registers, and spilled bytes where there are any. */
function print(kernels, architectures, markdown) {
  const names = [...new Set(kernels.map(({ file, name }) => `${file} ${name}`))].sort();
  const row = (cells) => console.log(markdown ? `| ${cells.join(' | ')} |` : cells.join('\t'));
  row(['kernel', 'static shared', 'stack', ...architectures]);
  if (markdown) row(['---', ...Array(architectures.length + 2).fill('--:')]);
  for (const key of names) {
    const of = kernels.filter(({ file, name }) => `${file} ${name}` === key);
    const registers = architectures.map((architecture) => {
      const kernel = of.find((each) => each.architecture === architecture);
      const spilled = kernel.spillStores + kernel.spillLoads;
      return spilled > 0 ? `${kernel.registers} (${spilled} B spilled)` : `${kernel.registers}`;
    });
    const [file, name] = key.split(' ');
    const most = (what) => Math.max(...of.map((kernel) => kernel[what]));
    row([markdown ? `${file}: \`${name}\`` : key, most('shared'), most('stack'), ...registers]);
  }
}

await main(process.argv.slice(2));
