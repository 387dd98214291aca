import { addon } from './load.js';

/** What the kernels run on. */
export interface CpuInfo {
  /** Instruction-set level in use: `scalar`, `neon`, `neondot`, `avx2`, `avx512` or `avx512vnni`. */
  level: string;
  /** The best level this CPU has; differs from `level` only when AD_SIMD_LEVEL forces another. */
  detected: string;
  /** All that this CPU can run, weakest first: what AD_SIMD_LEVEL may be. */
  levels: string[];
}

/**
 * Which instruction-set level the kernels use here.
 *
 * @throws AdError E_NATIVE_LOAD, E_ARGUMENT (AD_SIMD_LEVEL names a level that cannot run here)
 * @example
 * console.log(cpuInfo().level); // 'avx512vnni'
 */
export function cpuInfo(): CpuInfo {
  const { level, levels } = addon().cpu();
  return { level, detected: levels.at(-1)!, levels };
}
