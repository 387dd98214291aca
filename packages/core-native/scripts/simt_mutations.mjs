// Takes one barrier or fence out of a kernel at a time and shows that a test fails. By itself:
//
//   node scripts/simt_mutations.mjs            three of them, as `npm test` does
//   node scripts/simt_mutations.mjs --all      every one, which takes minutes
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeFile } from './native_tests.mjs';

const BARRIER = /__(?:syncthreads|syncwarp|threadfence)\(\);/g;
/** What `npm test` takes: file, and which of its barriers. */
const FEW = [
  ['kernels/nearest/exhaustive.cuh', 0],
  ['kernels/coreset/coreset.cu', 3],
  ['kernels/mahalanobis/mahalanobis.cu', 1],
];

const kernelFiles = () =>
  readdirSync(nativeFile('kernels'), { recursive: true })
    .filter((file) => /\.cuh?$/.test(file))
    .map((file) => join('kernels', file));

/** The places of a file's barriers. */
const barriers = (text) => [...text.matchAll(BARRIER)].map((match) => ({ at: match.index, call: match[0] }));

/** Runs a command; its output is shown where it had to work and did not. */
function must(command, cwd) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}\n${stdout}${stderr}`);
}

/** The compile commands of the library that TSan watches, one a source file. */
function commandsOf(build) {
  const all = JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8'));
  return all.filter(({ command }) => command.includes('ad_cuda_tsan.dir'));
}

/** Builds the library anew with one file changed, into `folder`. */
function buildChanged(build, folder, file, text) {
  const changed = join(folder, file);
  mkdirSync(dirname(changed), { recursive: true });
  writeFileSync(changed, text);
  const commands = commandsOf(build);
  const room = dirname(file);
  const source = commands.find((each) => dirname(each.file) === nativeFile(room));
  const object = join(folder, 'changed.o');
  // The folder comes first on the include path, so a header in it stands for the tree's.
  const compiled = source.file === nativeFile(file) ? changed : source.file;
  const compile = source.command
    .replace(/ -o \S+/, ` -o ${object}`)
    .replace(/ -c \S+$/, ` -c ${compiled}`)
    .replace(/^(\S+) /, `$1 -I ${folder} `);
  must(compile, source.directory);
  const objects = commands.map((each) =>
    each === source ? object : join(each.directory, / -o (\S+)/.exec(each.command)[1]),
  );
  const library = join(folder, 'libad_cuda_tsan.so');
  const compiler = compile.split(' ')[0];
  const programs = join(build, 'test', 'simt');
  must(`${compiler} -shared -fsanitize=thread ${objects.join(' ')} -o ${library} -L ${programs} -lsimt_tsan`);
}

/** Whether the tests of the file's room notice. */
function isCaught(build, folder, file) {
  // The first race is enough.
  const TSAN_OPTIONS = 'halt_on_error=1:atexit_sleep_ms=0';
  const settings = { LD_LIBRARY_PATH: folder, SIMT_WORKERS: '2', TSAN_OPTIONS };
  for (const seed of ['1', '2']) {
    const room = basename(dirname(file));
    const { status } = spawnSync(
      join(build, 'test', 'simt', 'simt_tests_tsan'),
      [`--test-case=device ${room}*`],
      { env: { ...process.env, ...settings, SIMT_SEED: seed }, stdio: 'ignore' },
    );
    if (status !== 0) return true;
  }
  return false;
}

/** Whether every mutation of the list (all of them: null) is caught; prints a line for each. */
export function testMutations(build, list = FEW) {
  const chosen =
    list ??
    kernelFiles().flatMap((file) =>
      barriers(readFileSync(nativeFile(file), 'utf8')).map((_, i) => [file, i]),
    );
  let caught = 0;
  for (const [file, number] of chosen) {
    const text = readFileSync(nativeFile(file), 'utf8');
    const barrier = barriers(text)[number];
    if (!barrier) throw new Error(`${file} has no barrier number ${number}`);
    const { at, call } = barrier;
    const folder = mkdtempSync(join(tmpdir(), 'ad-mutation-'));
    try {
      buildChanged(
        build,
        folder,
        file,
        text.slice(0, at) + ';'.padEnd(call.length) + text.slice(at + call.length),
      );
      const noticed = isCaught(build, folder, file);
      caught += noticed ? 1 : 0;
      const line = text.slice(0, at).split('\n').length;
      console.log(`without ${call} ${file}:${line}: ${noticed ? 'a test fails' : 'NO TEST FAILS'}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  console.log(`${caught} of ${chosen.length} missing barriers are noticed`);
  return caught === chosen.length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = process.argv.includes('--all');
  if (!testMutations(nativeFile('build-simt'), all ? null : FEW)) process.exitCode = 1;
}
