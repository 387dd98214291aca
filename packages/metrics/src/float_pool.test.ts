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

  const size = 6000;
  const makers: [string, (i: number) => number][] = [
    ['spread', (i) => Math.sin(i * 12.9898) * 43758.5453],
    ['tied', (i) => Math.round(3 * Math.sin(i * 12.9898))],
    ['zeros of both signs', (i) => [-1, -0, 0, 1][(i * 7) % 4]!],
    ['rising', (i) => i],
    // Only the scores that a stride of 61 samples are high: the sample promises far more than there is.
    ['misleading', (i) => (i % 61 === 60 ? 1000 + i : Math.cos(i))],
  ];

  it.each(makers)(
    'gives a tail of the sorted scores: as many as asked for, and all ties (%s)',
    (_name, score) => {
      const all = Float32Array.from({ length: size }, (_, i) => score(i));
      const split = [all.subarray(0, 7), all.subarray(7, 3000), all.subarray(3000, 3000), all.subarray(3000)];
      const sorted = poolOf([all]).sorted();
      for (const count of [0, 1, 17, 600, 1800, 3000, 5900, size]) {
        const highest = poolOf(split).highest(count);
        expect(highest).toEqual(sorted.slice(size - highest.length));
        expect(highest.length).toBeGreaterThanOrEqual(count);
        if (highest.length > 0) expect(sorted[size - highest.length - 1]).not.toBe(highest[0]);
      }
    },
  );

  it('leaves out most of what is far below', () => {
    const all = Float32Array.from({ length: size }, (_, i) => (i * 7919) % size);
    expect(poolOf([all]).highest(600).length).toBeLessThan(size / 2);
  });

  it('gives everything of a small pool, and of one that is sorted already', () => {
    const small = poolOf([Float32Array.of(3, 1, 2)]);
    expect(small.highest(1)).toEqual(Float32Array.of(1, 2, 3));
    const sorted = poolOf([new Float32Array(size).map((_, i) => i)]);
    expect(sorted.sorted()).toBe(sorted.highest(1));
  });
});
