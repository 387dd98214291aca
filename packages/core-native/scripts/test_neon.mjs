// Cross-compiles the native tests for AArch64 and runs them, both NEON levels included, under qemu's user emulation.
import { spawnSync } from 'node:child_process';
import { buildTests, hasDoctest, nativeFile, run } from './native_tests.mjs';

const COMPILER = 'aarch64-linux-gnu-g++';
const EMULATOR = 'qemu-aarch64';
// Where Debian and Ubuntu keep the C library of the other architecture.
const SYSROOT = '/usr/aarch64-linux-gnu';

const runs = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

const missing = [];
if (!runs(COMPILER)) missing.push({ what: `the cross compiler ${COMPILER}`, in: 'g++-aarch64-linux-gnu' });
if (!runs(EMULATOR)) missing.push({ what: `the emulator ${EMULATOR}`, in: 'qemu-user' });
// The header is the same for every architecture, so without a cross compiler the native one tells.
if (!hasDoctest(runs(COMPILER) ? COMPILER : 'c++')) missing.push({ what: 'doctest', in: 'doctest-dev' });

if (missing.length > 0) {
  console.error(`NEON tests cannot run: ${missing.map(({ what }) => what).join(', ')} not found.`);
  console.error(`Debian, Ubuntu: apt-get install ${missing.map((one) => one.in).join(' ')}`);
  process.exitCode = 1;
} else {
  const toolchain = nativeFile('cmake', 'aarch64_linux.cmake');
  run(EMULATOR, ['-L', SYSROOT, buildTests('build-neon', [`-DCMAKE_TOOLCHAIN_FILE=${toolchain}`])]);
}
