import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const LIBRARY = 'ad_cuda.so';
const PROBE = 'ad_cuda_probe';

/** The installed package with the CUDA kernels, next to this one or anywhere that Node looks. */
function installed(): string | undefined {
  try {
    return dirname(require.resolve('@ad/core-native-linux-x64-cuda/package.json'));
  } catch {
    return undefined;
  }
}

/**
 * Paths of the CUDA library and of the program that tries it, which lies beside it; empty where there is none.
 * AD_CUDA_LIBRARY names another library; a local build wins over an installed package.
 */
export function findCuda(): { library: string; probe: string } {
  const named = process.env.AD_CUDA_LIBRARY;
  if (named) return { library: named, probe: join(dirname(named), PROBE) };
  const prebuilt = join(dirname(dirname(fileURLToPath(import.meta.url))), 'prebuilt');
  for (const folder of [prebuilt, installed()]) {
    if (!folder) continue;
    const library = join(folder, LIBRARY);
    if (existsSync(library)) return { library, probe: join(folder, PROBE) };
  }
  return { library: '', probe: '' };
}
