import { AdError } from '@ad/core-native';
import type { Sample } from '../data/index.js';
import type { Split } from './split.js';
import {
  f1Thresholds,
  givenThresholds,
  quantileThresholds,
  type Scored,
  type Thresholds,
} from './thresholds.js';

/** Scores items one after another; some may be left out as unreadable. */
export type Scorer<T> = <U extends T>(items: readonly U[]) => AsyncIterable<[U, Scored]>;

/**
 * Finds a model's thresholds on the images that were kept for it.
 *
 * @param oneScale - whether a given threshold serves image scores and maps alike
 */
export async function calibrate<T>(
  { rule, heldOut, labelled }: Split<T>,
  score: Scorer<T | Sample>,
  onProgress: (share: number) => void,
  oneScale: boolean,
): Promise<Thresholds> {
  switch (rule.rule) {
    case 'none':
      return givenThresholds(null, oneScale);
    case 'given':
      return givenThresholds(rule.value, oneScale);
    case 'quantile':
      return quantileThresholds(
        (await scoreAll(heldOut, score, onProgress)).map(([, scored]) => scored),
        rule.quantile,
      );
    case 'f1': {
      const all = await scoreAll(labelled, score, onProgress);
      const isDefect = ([sample]: [Sample, Scored]) => sample.label === 'defect';
      return f1Thresholds(
        all.map(([, scored]) => scored),
        all.map(isDefect),
      );
    }
  }
}

async function scoreAll<U>(
  items: readonly U[],
  score: (items: readonly U[]) => AsyncIterable<[U, Scored]>,
  onProgress: (share: number) => void,
): Promise<[U, Scored][]> {
  const all: [U, Scored][] = [];
  for await (const result of score(items)) {
    all.push(result);
    onProgress(all.length / items.length);
  }
  if (all.length > 0) return all;
  throw new AdError(
    'E_TOO_FEW_IMAGES',
    'None of the images for the threshold could be read.',
    'Replace them, or fit without a threshold: --threshold none.',
  );
}
