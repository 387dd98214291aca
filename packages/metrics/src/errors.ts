/** Every stable error code of this package, with what it stands for. */
export const METRIC_ERROR_CODES = {
  E_EMPTY: 'there are no scores',
  E_LENGTH: 'two arrays that belong together differ in length',
  E_NOT_FINITE: 'a score is NaN or infinite',
  E_LABEL: 'a label or mask value is neither 0 nor 1',
  E_RANGE: 'an argument lies outside its range',
  E_CONFIG: 'a defects_config.json does not describe the ground truth',
} as const;

/** One of the keys of {@link METRIC_ERROR_CODES}. */
export type MetricErrorCode = keyof typeof METRIC_ERROR_CODES;

/**
 * The one error class of this package: input that no metric can be computed from.
 *
 * @example
 * try {
 *   auroc([Number.NaN], [1]);
 * } catch (error) {
 *   if (error instanceof MetricError) console.error(error.code); // 'E_NOT_FINITE'
 * }
 */
export class MetricError extends Error {
  override readonly name = 'MetricError';

  constructor(
    /** Stable code, see {@link METRIC_ERROR_CODES}. */
    readonly code: MetricErrorCode,
    message: string,
    /** What to do about it. */
    readonly hint?: string,
  ) {
    super(message);
  }
}
