// Builds the addon, and the CUDA library where nvcc is found, with cmake-js, and puts them where the loader looks first.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');

execFileSync(
  process.execPath,
  [cmakeJs, 'compile', '--directory', root, '--out', join(root, 'build'), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    cwd: root,
  },
);

// Renamed into place: a process that has the old addon loaded keeps its own copy of the file.
const prebuilt = join(root, 'prebuilt');
mkdirSync(prebuilt, { recursive: true });
for (const file of ['ad_core.node', 'ad_cuda_probe', 'ad_cuda.so']) {
  const built = join(root, 'build', 'Release', file);
  const target = join(prebuilt, file);
  // Where nvcc is missing there is no CUDA library, and an older one would not fit.
  rmSync(file === 'ad_cuda.so' && !existsSync(built) ? target : `${target}.new`, { force: true });
  if (!existsSync(built)) continue;
  copyFileSync(built, `${target}.new`);
  renameSync(`${target}.new`, target);
}
