// Builds native tests into folders of their own. They need doctest, a header that npm does not have.
import { execFileSync, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const native = join(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))), 'native');

/** Runs a command with its output on the terminal; throws unless it exits with 0. */
export const run = (command, args) => execFileSync(command, args, { stdio: 'inherit' });

/** Whether the compiler finds doctest. */
export function hasDoctest(compiler) {
  const probe = spawnSync(compiler, ['-x', 'c++', '-E', '-'], {
    input: '#include <doctest/doctest.h>\n',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return probe.status === 0;
}

/** Builds native/<folder> with CMake settings, and returns its path. */
export function buildNative(folder, settings) {
  const build = join(native, folder);
  run('cmake', ['-S', native, '-B', build, ...settings]);
  run('cmake', ['--build', build, '--parallel', String(availableParallelism())]);
  return build;
}

/** Builds the tests in native/<folder> with CMake settings, and returns the path of their program. */
export function buildTests(folder, settings) {
  return join(buildNative(folder, ['-DAD_TESTS=ON', ...settings]), 'test', 'ad_tests');
}

/** The path of a file in the native tree. */
export const nativeFile = (...path) => join(native, ...path);
