import { MetricError } from './errors.js';

/** Refuses what is not between 0 and 1, both excluded. */
export function checkOpenShare(what: string, value: number): void {
  if (value > 0 && value < 1) return;
  throw new MetricError('E_RANGE', `The ${what} is ${value}; expected a number between 0 and 1.`);
}

/** Refuses what is not above 0 and at most 1. */
export function checkShare(what: string, value: number): void {
  if (value > 0 && value <= 1) return;
  throw new MetricError('E_RANGE', `The ${what} is ${value}; expected a number above 0, up to 1.`);
}

/** Refuses NaN, with which every comparison is false, so that nothing would ever be called defective. */
export function checkThreshold(threshold: number): void {
  if (!Number.isNaN(threshold)) return;
  throw new MetricError(
    'E_RANGE',
    'The threshold is NaN; expected a number.',
    'Infinity is allowed: it calls nothing defective.',
  );
}
