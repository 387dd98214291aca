// The CUDA kernels on the CPU (native/test/simt): seeded faults that must be caught, the kernels against their CPU
// siblings in several orders of threads and under sanitizers, and barriers that must be missed when they are gone.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildNative, hasDoctest } from './native_tests.mjs';
import { testMutations } from './simt_mutations.mjs';

/** Each run of the kernels' tests. Workers run blocks side by side; poison is what memory holds that nobody wrote. */
const RUNS = [
  { build: 'plain', SIMT_SEED: '0' },
  { build: 'plain', SIMT_SEED: '1', SIMT_POISON: '85' },
  { build: 'plain', SIMT_SEED: '2', SIMT_WORKERS: '2' },
  { build: 'asan', SIMT_SEED: '3' },
  { build: 'tsan', SIMT_SEED: '4', SIMT_WORKERS: '2' },
];

function mustPass(program, env) {
  const { build, ...settings } = env;
  const text = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  console.log([build, ...text].join(' '));
  const { status } = spawnSync(program, [], { stdio: 'inherit', env: { ...process.env, ...settings } });
  if (status !== 0) process.exitCode = 1;
}

if (hasDoctest(process.env.CXX ?? 'c++')) {
  // TSan's programs would wait for a second each before they end, and the faults are many programs.
  process.env.TSAN_OPTIONS ??= 'atexit_sleep_ms=0';
  // The scalar level alone, and little optimised: it is what the device's kernels equal, and it builds fast.
  const build = buildNative('build-simt', [
    ...['-DAD_SIMT=ON', '-DAD_CUDA=OFF', '-DAD_LEVELS=', '-DCMAKE_CXX_FLAGS_RELEASE=-O1'],
  ]);
  const programs = join(build, 'test', 'simt');
  for (const name of ['plain', 'asan', 'tsan'])
    mustPass(join(programs, `simt_faults_${name}`), { build: name });
  for (const env of RUNS) mustPass(join(programs, `simt_tests_${env.build}`), env);
  if (!process.exitCode && !testMutations(build)) process.exitCode = 1;
} else {
  console.log(
    'tests of the CUDA kernels skipped: doctest was not found (Debian, Ubuntu: apt-get install doctest-dev)',
  );
}
