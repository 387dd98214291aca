import type { NativeRun } from './addon.js';
import { AdError } from './errors.js';
import { findCuda } from './find_cuda.js';
import { addon } from './load.js';

/**
 * Where a call computes. `auto`: a CUDA device where there is one and the work gains by it, else the CPU, silently.
 * `cuda` without a usable device is an error, never a fallback. Results are the same.
 */
export type Device = 'auto' | 'cpu' | 'cuda';

/** What was found of a CUDA device. Versions are CUDA's, `13.0`. */
export interface CudaInfo {
  /** Everything but `usable` means that `auto` takes the CPU. */
  state:
    | 'usable'
    | 'no_library'
    | 'bad_library'
    | 'no_driver'
    | 'driver_too_old'
    | 'no_device'
    | 'device_too_old'
    | 'crashed'
    | 'timed_out'
    | 'failed';
  /** Why it cannot be used, without a full stop; empty where it can. */
  reason: string;
  /** What to do about it; undefined where nothing is wrong. */
  remedy: string | undefined;
  /** The device's name, as its driver says. */
  name: string | undefined;
  computeCapability: string | undefined;
  /** The newest CUDA version that the driver supports, and the one that the kernels were built with. */
  driver: string | undefined;
  runtime: string | undefined;
  multiprocessors: number | undefined;
  totalBytes: number | undefined;
  freeBytes: number | undefined;
}

const CUDA_PACKAGE = '@ad/core-native-linux-x64-cuda';
// A driver that has not been used for a while takes seconds to wake up.
const PROBE_TIMEOUT_MS = 15_000;

const UPDATE_DRIVER = 'Install an NVIDIA driver of version 580 or newer, which CUDA 13 needs.';
const REMEDIES: Record<CudaInfo['state'], string | undefined> = {
  usable: undefined,
  no_library: `Install ${CUDA_PACKAGE} in the version of @ad/core-native; in a checkout: pnpm build with nvcc (CUDA 13) on the PATH.`,
  bad_library: `Install ${CUDA_PACKAGE} in the version of @ad/core-native; in a checkout: pnpm build.`,
  no_driver: UPDATE_DRIVER,
  driver_too_old: UPDATE_DRIVER,
  no_device: 'Check that nvidia-smi lists the device, and that CUDA_VISIBLE_DEVICES does not hide it.',
  device_too_old: 'Use a device of compute capability 7.5 or newer.',
  crashed: 'Check that nvidia-smi works; reinstalling the driver or a restart may help.',
  timed_out: 'Check that nvidia-smi answers; reinstalling the driver or a restart may help.',
  failed: 'Check that nvidia-smi works; reinstalling the driver or a restart may help.',
};

let opened: Promise<CudaInfo> | undefined;
let known: CudaInfo | undefined;

/**
 * Looks for a CUDA device, once per process: the driver is tried in a process of its own, so that one that crashes or
 * hangs does no harm.
 *
 * @throws AdError E_NATIVE_LOAD
 * @example
 * const { state, name, reason } = await cudaInfo();
 * console.log(state === 'usable' ? name : reason);
 */
export function cudaInfo(): Promise<CudaInfo> {
  opened ??= open();
  return opened;
}

async function open(): Promise<CudaInfo> {
  const found = findCuda();
  const run: NativeRun = { token: new (addon().CancelToken)(), threads: 1, device: 'cpu' };
  const report = await addon().openCuda({ ...found, timeout: PROBE_TIMEOUT_MS }, run);
  const { state, reason, name, driver, runtime, major, minor, multiprocessors, totalBytes, freeBytes } =
    report;
  known = {
    state: state as CudaInfo['state'],
    reason,
    remedy: REMEDIES[state as CudaInfo['state']],
    name: name || undefined,
    computeCapability: major > 0 ? `${major}.${minor}` : undefined,
    driver: version(driver),
    runtime: version(runtime),
    multiprocessors: multiprocessors || undefined,
    totalBytes: totalBytes || undefined,
    freeBytes: freeBytes || undefined,
  };
  return known;
}

/** 13000 is 13.0; 0 is none. */
function version(number: number): string | undefined {
  return number > 0 ? `${Math.floor(number / 1000)}.${Math.floor((number % 1000) / 10)}` : undefined;
}

/**
 * Refuses `cuda` where it cannot be used, and says why.
 *
 * @returns what the native side shall be told: `auto` is left to it only where there is a device to choose
 * @throws AdError E_ARGUMENT (no such device), E_DEVICE
 * @example
 * await resolveDevice('cuda');
 */
export async function resolveDevice(device: Device = 'auto'): Promise<Device> {
  return deviceNow(device) ?? choose(device, await cudaInfo());
}

/** The same without waiting, or undefined where the driver has yet to be asked: calls begin at once where they can. */
export function deviceNow(device: Device = 'auto'): Device | undefined {
  if (device !== 'auto' && device !== 'cuda' && device !== 'cpu') {
    throw new AdError('E_ARGUMENT', `device is '${device}'; expected 'auto', 'cpu' or 'cuda'.`);
  }
  if (device === 'cpu') return 'cpu';
  return known && choose(device, known);
}

function choose(device: Device, { state, reason, remedy }: CudaInfo): Device {
  if (state === 'usable') return device;
  if (device === 'auto') return 'cpu';
  throw new AdError(
    'E_DEVICE',
    `The device cuda was asked for, but ${reason}.`,
    `${remedy} Or use the device cpu, or auto, which takes the best there is.`,
  );
}
