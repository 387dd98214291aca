// Builds the CUDA library for every architecture of a release and puts it into npm/linux-x64-cuda, ready to be published.
import { copyFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeFile, run } from './native_tests.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const build = nativeFile('build-cuda');

run('cmake', ['-S', nativeFile(), '-B', build, '-DAD_CUDA=ON', '-DAD_CUDA_RELEASE=ON']);
run('cmake', ['--build', build, '--parallel', '--target', 'ad_cuda', 'ad_cuda_probe']);
for (const file of ['ad_cuda.so', 'ad_cuda_probe']) {
  const target = join(root, 'npm', 'linux-x64-cuda', file);
  rmSync(target, { force: true });
  copyFileSync(join(build, file), target);
}
