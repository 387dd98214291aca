/**
 * A metric's value, or why there is none: AUROC of one class is not 0.5 and not NaN, it does not exist. Bad input is
 * an error; input for which the definition has no answer is this.
 */
export type MetricResult<T = number> = { defined: true; value: T } | { defined: false; reason: string };

/** A value. */
export function defined<T>(value: T): MetricResult<T> {
  return { defined: true, value };
}

/** No value, and the reason. */
export function undefinedBecause(reason: string): { defined: false; reason: string } {
  return { defined: false, reason };
}

/**
 * The value, or null where there is none: for tables and JSON.
 *
 * @example
 * valueOrNull(auroc([1, 2], [1, 1])); // null
 */
export function valueOrNull<T>(result: MetricResult<T>): T | null {
  return result.defined ? result.value : null;
}
