import type { NativeRun } from './addon.js';
import { type CallOptions, call } from './call.js';
import { AdError } from './errors.js';

/** Why an object cannot be used now, or never again. Objects that can are not listed. */
const reasons = new WeakMap<object, string>();

/** Refuses an object that a call is changing, or that none can use any more. */
export function checkUsable(name: string, value: object): void {
  const reason = reasons.get(value);
  if (reason !== undefined) throw new AdError('E_ARGUMENT', `${name} cannot be used: ${reason}.`);
}

/** Says that an object must never be used again, and why. */
export function retire(value: object, reason: string): void {
  reasons.set(value, reason);
}

/**
 * Runs a native operation that changes `target` in place and may read `others`: nobody else may use them meanwhile. If
 * it stops half-way the target is unusable from then on, unless the operation had not begun.
 */
export async function changing<T>(
  what: string,
  { target, others = [] }: { target: object; others?: object[] },
  options: CallOptions,
  operation: (run: NativeRun) => Promise<T>,
): Promise<T> {
  let begun = false;
  for (const value of [target, ...others]) reasons.set(value, `${what} has not finished with it`);
  try {
    const result = await call(options, (run) => {
      begun = true;
      return operation(run);
    });
    reasons.delete(target);
    return result;
  } catch (cause) {
    if (begun) retire(target, `${what} failed or was stopped half-way`);
    else reasons.delete(target);
    throw cause;
  } finally {
    for (const value of others) reasons.delete(value);
  }
}
