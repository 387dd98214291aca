import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FloatPool } from './float_pool.js';

const parts = fc.array(
  fc
    .array(
      fc.oneof(
        fc.integer({ min: -2, max: 2 }),
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        fc.constant(-0),
      ),
    )
    .map((values) => Float32Array.from(values)),
);

function poolOf(all: readonly Float32Array[]): FloatPool {
  const pool = new FloatPool();
  for (const part of all) pool.add(part.slice());
  return pool;
}

describe('FloatPool', () => {
  it('sorts what its parts hold together, also when more arrive later', () => {
    fc.assert(
      fc.property(parts, parts, (first, second) => {
        const pool = poolOf(first);
        pool.sorted();
        for (const part of second) pool.add(part.slice());
        const expected = [...first, ...second].flatMap((part) => [...part].map((value) => value + 0));
        expect(pool.size).toBe(expected.length);
        expect([...pool.sorted()]).toEqual(expected.sort((a, b) => a - b));
      }),
    );
  });

  it('gives a tail of the sorted scores: as many as asked for, and all ties', () => {
    fc.assert(
      fc.property(parts, fc.nat(30), (all, count) => {
        const sorted = poolOf(all).sorted();
        const highest = poolOf(all).highest(count);
        expect(highest).toEqual(sorted.slice(sorted.length - highest.length));
        expect(highest.length).toBeGreaterThanOrEqual(Math.min(count, sorted.length));
        const next = sorted[sorted.length - highest.length - 1];
        if (highest.length > 0) expect(next).not.toBe(highest[0]);
      }),
    );
  });

  it('does not sort what is far below', () => {
    const pool = poolOf([Float32Array.of(1, 1000, 2, -5, 1000)]);
    expect([...pool.highest(1)]).toEqual([1000, 1000]);
    expect([...pool.highest(2)]).toEqual([1000, 1000]);
  });
});
