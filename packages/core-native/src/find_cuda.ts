import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CUDA_PACKAGE = '@ad/core-native-linux-x64-cuda';
const LIBRARY = 'ad_cuda.so';
const PROBE = 'ad_cuda_probe';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The installed package with the CUDA kernels, as seen from a folder. */
function installed(folder: string): string | undefined {
  try {
    return dirname(createRequire(join(folder, 'package.json')).resolve(`${CUDA_PACKAGE}/package.json`));
  } catch {
    return undefined;
  }
}

/**
 * Paths of the CUDA library and of the program that tries it, which lies beside it; empty where there is none.
 * AD_CUDA_LIBRARY names another library; a local build wins over a package installed beside this one, and that over one
 * that only the program's own folder sees.
 */
export function findCuda(
  prebuilt: string = join(root, 'prebuilt'),
  folders: readonly string[] = [root, process.cwd()],
): { library: string; probe: string } {
  const named = process.env.AD_CUDA_LIBRARY;
  if (named) return { library: named, probe: join(dirname(named), PROBE) };
  for (const folder of [prebuilt, ...folders.map(installed)]) {
    if (!folder) continue;
    const library = join(folder, LIBRARY);
    if (existsSync(library)) return { library, probe: join(folder, PROBE) };
  }
  return { library: '', probe: '' };
}
