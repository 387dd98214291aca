import { AdError } from '@ad/core-native';

/**
 * How a threshold is found. `auto` is `f1` where labelled images of both kinds exist, else `quantile`. A quantile is
 * taken over good images that were held out of the fit.
 */
export type ThresholdRule =
  | { rule: 'auto' }
  | { rule: 'f1' }
  | { rule: 'quantile'; quantile: number }
  | { rule: 'given'; value: number }
  | { rule: 'none' };

/** At most one good part in a hundred should be stopped. */
export const DEFAULT_QUANTILE = 0.99;

/**
 * Reads a rule as it is typed: `auto`, `f1`, `none`, `quantile`, `quantile:0.995`, or a number.
 *
 * @throws AdError E_ARGUMENT
 * @example
 * parseThresholdRule('quantile:0.995'); // { rule: 'quantile', quantile: 0.995 }
 */
export function parseThresholdRule(text: string): ThresholdRule {
  if (text === 'auto' || text === 'f1' || text === 'none') return { rule: text };
  if (text === 'quantile') return { rule: 'quantile', quantile: DEFAULT_QUANTILE };
  const [, quantile] = /^quantile:(.+)$/.exec(text) ?? [];
  if (quantile !== undefined && Number(quantile) > 0 && Number(quantile) < 1) {
    return { rule: 'quantile', quantile: Number(quantile) };
  }
  if (text.trim() !== '' && Number.isFinite(Number(text))) return { rule: 'given', value: Number(text) };
  throw new AdError(
    'E_ARGUMENT',
    `The threshold rule is '${text}'; expected auto, f1, none, quantile, quantile:Q with 0 < Q < 1, or a number.`,
  );
}
