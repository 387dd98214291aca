import { AdError } from '@ad/core-native';
import type { Sample } from '../data/index.js';
import { SeededRandom } from '../random.js';
import { DEFAULT_QUANTILE, type ThresholdRule } from './rule.js';

/** Which images are learned from, and which ones the threshold will rest on. */
export interface Split<T> {
  learn: T[];
  /** Good images kept out of the fit for a quantile threshold. */
  heldOut: T[];
  /** Labelled images for an F1-optimal threshold. */
  labelled: readonly Sample[];
  rule: Exclude<ThresholdRule, { rule: 'auto' }>;
}

// One in ten: 20 of the 209 good bottles. Fewer say little, more are missed in the memory bank.
const HELD_OUT_SHARE = 0.1;

/**
 * Decides, before anything is computed, what the threshold will rest on. Images that a threshold rests on are never
 * learned from.
 *
 * @param leastHeldOut - good images that something else than a threshold needs
 * @throws AdError E_TOO_FEW_IMAGES, E_ARGUMENT (F1 asked for without labelled images of both kinds)
 */
export function splitForThreshold<T>(
  images: readonly T[],
  labelled: readonly Sample[],
  asked: ThresholdRule,
  seed: number,
  minImages: number,
  leastHeldOut = 0,
): Split<T> {
  const usable = labelled.filter((sample) => sample.label !== 'unknown');
  const rule = resolve(asked, usable);
  const least = rule.rule === 'quantile' ? Math.max(1, leastHeldOut) : leastHeldOut;
  const heldOut = least > 0 ? Math.max(least, Math.round(images.length * HELD_OUT_SHARE)) : 0;
  if (images.length < minImages + heldOut) throw tooFew(images.length, minImages, heldOut);
  const out = new Set(new SeededRandom(seed).choose(heldOut, images.length));
  return {
    learn: images.filter((_, i) => !out.has(i)),
    heldOut: images.filter((_, i) => out.has(i)),
    labelled: rule.rule === 'f1' ? usable : [],
    rule,
  };
}

function resolve(asked: ThresholdRule, labelled: readonly Sample[]): Split<never>['rule'] {
  const both = (['good', 'defect'] as const).every((label) =>
    labelled.some((sample) => sample.label === label),
  );
  if (asked.rule === 'auto') return both ? { rule: 'f1' } : { rule: 'quantile', quantile: DEFAULT_QUANTILE };
  if (asked.rule !== 'f1' || both) return asked;
  throw new AdError(
    'E_ARGUMENT',
    `An F1-optimal threshold was asked for, but there are ${labelled.length} labelled images, not both good and defective ones.`,
    'Add labelled test images of both kinds, or use --threshold quantile.',
  );
}

function tooFew(found: number, minImages: number, heldOut: number): AdError {
  const needs =
    heldOut > 0 ? `${minImages} to learn from and ${heldOut} to set the threshold by` : `${minImages}`;
  return new AdError(
    'E_TOO_FEW_IMAGES',
    `There ${found === 1 ? 'is 1 good image' : `are ${found} good images`}; needed ${minImages + heldOut === 1 ? 'is' : 'are'} at least ${needs}.`,
    heldOut > 0 && found >= minImages
      ? 'Add good images (20 and more make a useful model), or fit without a threshold: --threshold none.'
      : 'Add images of good parts; 20 and more make a useful model.',
  );
}
