// Builds the native benchmarks and runs them: what this machine can do at most, then each kernel alone.
//
//   pnpm --filter @ad/core-native bench [-- --benchmark_filter=nearest]
import { execFileSync, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const native = join(dirname(fileURLToPath(import.meta.url)), '../../../native');
const build = join(native, 'build-bench');
const run = (command, args) => execFileSync(command, args, { stdio: 'inherit' });

const probe = spawnSync(process.env.CXX ?? 'c++', ['-x', 'c++', '-E', '-'], {
  input: '#include <benchmark/benchmark.h>\n',
  stdio: ['pipe', 'ignore', 'ignore'],
});
if (probe.status !== 0) {
  console.error('google-benchmark was not found (Debian, Ubuntu: apt-get install libbenchmark-dev)');
  process.exit(1);
}
run('cmake', ['-S', native, '-B', build, '-DAD_BENCH=ON', '-DCMAKE_BUILD_TYPE=Release']);
run('cmake', ['--build', build, '--parallel', String(availableParallelism())]);
const args = process.argv.slice(2).filter((argument) => argument !== '--');
for (const program of ['ad_peak_bench', 'ad_kernel_bench']) run(join(build, 'bench', program), args);
