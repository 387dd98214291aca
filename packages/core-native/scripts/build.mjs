// Builds the addon with cmake-js and puts it where the loader looks first: prebuilt/ad_core.node.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
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
const target = join(root, 'prebuilt', 'ad_core.node');
mkdirSync(dirname(target), { recursive: true });
copyFileSync(join(root, 'build', 'Release', 'ad_core.node'), `${target}.new`);
renameSync(`${target}.new`, target);
