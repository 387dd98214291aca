// Checks the layout of the native tree with clang-format; --write mends it.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const native = join(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))), 'native');
const files = readdirSync(native, { recursive: true })
  .filter((file) => !file.startsWith('build') && /\.(h|cc|cu|cuh)$/.test(file))
  .map((file) => join(native, file));
const mode = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '--Werror'];
const clangFormat = createRequire(import.meta.url).resolve('clang-format-node/build/cli.js');

try {
  execFileSync(process.execPath, [clangFormat, ...mode, '--style=file', ...files], { stdio: 'inherit' });
} catch {
  process.exitCode = 1;
}
