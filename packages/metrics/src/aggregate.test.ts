import { describe, expect, it } from 'vitest';
import { summarize } from './aggregate.js';

describe('summarize', () => {
  const categories = [
    { category: 'bottle', metrics: { auroc: 1, fpr: 0.1, aupro: 0.9 } },
    { category: 'screw', metrics: { auroc: 0.75, fpr: 0.6, aupro: null } },
    { category: 'wood', metrics: { auroc: 0.875, fpr: 0.2 } },
  ];

  it('averages over categories and names the worst', () => {
    expect(summarize(categories).auroc).toEqual({
      mean: 0.875,
      worst: { category: 'screw', value: 0.75 },
      missing: [],
    });
  });

  it('knows that the highest rate of false alarms is the worst', () => {
    expect(summarize(categories, ['fpr']).fpr!.worst).toEqual({ category: 'screw', value: 0.6 });
    expect(summarize(categories).fpr!.worst).toEqual({ category: 'bottle', value: 0.1 });
  });

  it('does not average over fewer categories than there are, and says which are missing', () => {
    expect(summarize(categories).aupro).toEqual({
      mean: null,
      worst: { category: 'bottle', value: 0.9 },
      missing: ['screw', 'wood'],
    });
  });

  it('takes the first of equally bad ones', () => {
    const equal = ['b', 'a'].map((category) => ({ category, metrics: { auroc: 0.5 } }));
    expect(summarize(equal).auroc!.worst!.category).toBe('b');
  });

  it('has nothing to say of nothing', () => {
    expect(summarize([])).toEqual({});
    expect(summarize([{ category: 'a', metrics: { auroc: null } }]).auroc).toEqual({
      mean: null,
      worst: null,
      missing: ['a'],
    });
  });
});
