import { MetricError } from './errors.js';
import { undefinedBecause } from './result.js';
import { sortFloats } from './sort_floats.js';

/** Scores, higher is more anomalous: a typed array or a plain one. Float32Array is sorted as it is, without widening. */
export type Scores = ArrayLike<number>;

/** Ground truth: 1 or true = defective, 0 or false = good. */
export type Labels = ArrayLike<number | boolean>;

type Floats = Float32Array | Float64Array;

/** Scores by class; sorted ascending, they are what all ranking metrics are computed from. */
export interface ClassScores {
  positives: Floats;
  negatives: Floats;
}

/**
 * Splits scores by label and sorts each class.
 *
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE and E_LABEL (naming the index)
 */
export function byClass(scores: Scores, labels: Labels): ClassScores {
  const { positives, negatives } = splitByClass(scores, labels);
  return { positives: sortFloats(positives), negatives: sortFloats(negatives) };
}

/** Splits scores by label, each class in the order given; throws what {@link byClass} throws. */
export function splitByClass(scores: Scores, labels: Labels): ClassScores {
  checkLengths(scores, labels);
  let count = 0;
  for (let i = 0; i < labels.length; i++) count += labelAt(labels, i);
  const Floats = scores instanceof Float32Array ? Float32Array : Float64Array;
  const positives = new Floats(count);
  const negatives = new Floats(scores.length - count);
  let p = 0;
  let n = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = finiteAt(scores, i);
    if (labels[i]) positives[p++] = score;
    else negatives[n++] = score;
  }
  return { positives, negatives };
}

/** Why a metric of two classes has no value here, or undefined when it has. */
export function missingClass({ positives, negatives }: ClassScores) {
  if (positives.length === 0) return undefinedBecause('there are no defective samples');
  if (negatives.length === 0) return undefinedBecause('there are no good samples');
  return undefined;
}

/** Refuses empty input and lengths that differ. */
export function checkLengths(scores: ArrayLike<unknown>, labels: ArrayLike<unknown>): void {
  if (scores.length !== labels.length) {
    throw new MetricError('E_LENGTH', `There are ${scores.length} scores but ${labels.length} labels.`);
  }
  if (scores.length === 0) throw new MetricError('E_EMPTY', 'There are no scores.');
}

/** The score at an index, refused when it is not finite. */
export function finiteAt(scores: Scores, i: number): number {
  const score = scores[i]!;
  if (Number.isFinite(score)) return score;
  throw new MetricError(
    'E_NOT_FINITE',
    `The score at index ${i} is ${score}; expected a finite number.`,
    'Find out what produced it; a metric over the other scores would hide the fault.',
  );
}

/** The label at an index as 0 or 1, refused when it is anything else. */
export function labelAt(labels: Labels, i: number): 0 | 1 {
  const label = labels[i];
  if (label === 0 || label === false) return 0;
  if (label === 1 || label === true) return 1;
  throw new MetricError('E_LABEL', `The label at index ${i} is ${String(label)}; expected 0 or 1.`);
}
