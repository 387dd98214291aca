import { createRequire } from 'node:module';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';

/** Versions of what computes beside the native kernels. */
export interface RuntimeInfo {
  onnxruntime: string;
  /** onnxruntime's execution providers that are inside the package. */
  providers: string[];
  /** Those that a session can be asked for; what is not inside the package needs libraries of its own. */
  selectable: string[];
  sharp: string;
  libvips: string;
}

/**
 * Versions of onnxruntime and sharp, and where onnxruntime could compute.
 *
 * @example
 * console.log(runtimeInfo().providers); // ['cpu', 'webgpu']
 */
export function runtimeInfo(): RuntimeInfo {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return {
    onnxruntime: version,
    providers: ort
      .listSupportedBackends()
      .filter((backend) => backend.bundled)
      .map((backend) => backend.name),
    selectable: ort.listSupportedBackends().map((backend) => backend.name),
    sharp: sharp.versions.sharp ?? 'unknown',
    libvips: sharp.versions.vips,
  };
}
