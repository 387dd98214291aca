import type { ClassScores } from './scores.js';

/** Called for each distinct score from the highest down, with how many of each class are at or above it. */
export type Visit = (threshold: number, truePositives: number, falsePositives: number) => void;

/** Walks through every distinct threshold, descending. */
export function sweep({ positives, negatives }: ClassScores, visit: Visit): void {
  let p = positives.length;
  let n = negatives.length;
  while (p > 0 || n > 0) {
    const threshold = Math.max(
      p > 0 ? positives[p - 1]! : Number.NEGATIVE_INFINITY,
      n > 0 ? negatives[n - 1]! : Number.NEGATIVE_INFINITY,
    );
    while (p > 0 && positives[p - 1] === threshold) p--;
    while (n > 0 && negatives[n - 1] === threshold) n--;
    visit(threshold, positives.length - p, negatives.length - n);
  }
}
