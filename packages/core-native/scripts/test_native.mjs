// Builds the native tests with AddressSanitizer and UBSan and runs them. They need doctest, a header that npm does not
// have: where it is missing, they are skipped with a line that says so, and everything else still runs.
import { execFileSync, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const native = join(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))), 'native');
const build = join(native, 'build-sanitized');
const run = (command, args) => execFileSync(command, args, { stdio: 'inherit' });

function hasDoctest() {
  const compiler = process.env.CXX ?? 'c++';
  const probe = spawnSync(compiler, ['-x', 'c++', '-E', '-'], {
    input: '#include <doctest/doctest.h>\n',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return probe.status === 0;
}

if (hasDoctest()) {
  run('cmake', ['-S', native, '-B', build, '-DAD_TESTS=ON', '-DAD_SANITIZE=address,undefined']);
  run('cmake', ['--build', build, '--parallel', String(availableParallelism())]);
  run(join(build, 'test', 'ad_tests'), []);
} else {
  console.log('native tests skipped: doctest was not found (Debian, Ubuntu: apt-get install doctest-dev)');
}
