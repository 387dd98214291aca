import { availableParallelism } from 'node:os';
import type { CancelToken, NativeRun } from './addon.js';
import { checkInteger } from './check.js';
import { type Device, deviceNow, resolveDevice } from './device.js';
import { AdError, type AdErrorCode } from './errors.js';
import { addon } from './load.js';

/** What every long call takes beside its data. Thread counts never change a result. */
export interface CallOptions {
  /** Stops the work; the promise then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called now and then with the finished share, 0..1. */
  onProgress?: ((share: number) => void) | undefined;
  /** Threads to use, at least 1. Default: what the machine offers. */
  threads?: number | undefined;
  /** Where to compute. Default `auto`. What has no kernel for a device computes on the CPU. */
  device?: Device | undefined;
  /** Device memory that the call may take, in bytes. Default: nine tenths of what is free. */
  deviceMemory?: number | undefined;
}

const CODES: Record<string, AdErrorCode> = {
  invalid_argument: 'E_ARGUMENT',
  not_finite: 'E_NOT_FINITE',
  out_of_memory: 'E_OUT_OF_MEMORY',
  device_memory: 'E_OUT_OF_MEMORY',
  device: 'E_DEVICE',
  internal: 'E_NATIVE',
};

const HINTS: Record<string, string> = {
  out_of_memory: 'Use fewer or smaller images, or a smaller coreset.',
  device_memory: 'Raise deviceMemory, use a smaller coreset or fewer images, or the device cpu.',
  device: "'ad doctor' shows what was found of the device; the device cpu needs none.",
};

const running = new Set<CancelToken>();
let watchingExit = false;

/** A process (or worker) that exits waits for its native operations; they are told to stop, so the wait is short. */
function watchExit(): void {
  if (watchingExit) return;
  watchingExit = true;
  process.on('exit', () => {
    for (const token of running) token.cancel();
  });
}

function threadCount(threads: number | undefined): number {
  if (threads === undefined) return availableParallelism();
  if (!Number.isInteger(threads) || threads < 1) {
    throw new AdError('E_ARGUMENT', `threads is ${threads}; expected a whole number of at least 1.`);
  }
  return threads;
}

function translated(cause: unknown): unknown {
  const status = (cause as { status?: string }).status;
  const code = status === undefined ? undefined : CODES[status];
  if (!code || !(cause instanceof Error)) return cause;
  return new AdError(code, cause.message, HINTS[status!], { cause });
}

/**
 * Runs one native operation with the caller's signal, progress and threads, and gives its failures the codes of
 * {@link AdError}. The arrays an operation was given must not be changed until its promise settles.
 */
export async function call<T>(options: CallOptions, operation: (run: NativeRun) => Promise<T>): Promise<T> {
  const { signal, onProgress, deviceMemory } = options;
  signal?.throwIfAborted();
  if (deviceMemory !== undefined) checkInteger('deviceMemory', deviceMemory, 1);
  let device = deviceNow(options.device);
  if (device === undefined) {
    device = await resolveDevice(options.device);
    signal?.throwIfAborted();
  }
  const token = new (addon().CancelToken)();
  const abort = () => token.cancel();
  watchExit();
  running.add(token);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await operation({
      token,
      threads: threadCount(options.threads),
      device,
      deviceMemory,
      onProgress,
    });
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw translated(cause);
  } finally {
    running.delete(token);
    signal?.removeEventListener('abort', abort);
  }
}
