import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auprTrapezoid, averagePrecision } from './average_precision.js';
import { confusionAt } from './confusion.js';
import { scored, valueIn } from './testing/arbitraries.js';
import { rankings } from './testing/golden.js';

/** The definition, with precision and recall counted anew at each threshold. */
function bruteForce(scores: readonly number[], labels: readonly number[]): number {
  let last = 0;
  let sum = 0;
  for (const threshold of [...new Set(scores)].sort((a, b) => b - a)) {
    const { truePositives, falsePositives, falseNegatives } = confusionAt(scores, labels, threshold);
    const recall = truePositives / (truePositives + falseNegatives);
    sum += (recall - last) * (truePositives / (truePositives + falsePositives));
    last = recall;
  }
  return sum;
}

describe('averagePrecision and auprTrapezoid', () => {
  it.each(rankings.cases)('equal scikit-learn: $name', ({ scores, labels, ...expected }) => {
    expect(valueIn(averagePrecision(scores, labels))).toBeCloseTo(expected.averagePrecision, 13);
    expect(valueIn(auprTrapezoid(scores, labels))).toBeCloseTo(expected.auprTrapezoid, 13);
  });

  it('average precision is the sum of its definition', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        expect(valueIn(averagePrecision(scores, labels))).toBeCloseTo(bruteForce(scores, labels), 12);
      }),
    );
  });

  it('neither changes when the set is doubled', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        for (const metric of [averagePrecision, auprTrapezoid]) {
          const doubled = valueIn(metric([...scores, ...scores], [...labels, ...labels]));
          expect(doubled).toBeCloseTo(valueIn(metric(scores, labels)), 12);
        }
      }),
    );
  });

  it('are different numbers', () => {
    const [scores, labels] = [
      [0.1, 0.4, 0.35, 0.8],
      [0, 0, 1, 1],
    ];
    expect(valueIn(averagePrecision(scores!, labels!))).toBeCloseTo(5 / 6, 14);
    expect(valueIn(auprTrapezoid(scores!, labels!))).toBeCloseTo(19 / 24, 14);
  });

  it('do not exist without defective samples', () => {
    expect(averagePrecision([1], [0]).defined).toBe(false);
    expect(auprTrapezoid([1], [0]).defined).toBe(false);
  });
});
