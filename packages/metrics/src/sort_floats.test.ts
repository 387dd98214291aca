import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascending, original, sortFloats, sortPairs } from './sort_floats.js';

const LARGE = 10_000;

/** Floats of every kind, among them subnormals, both zeros and the extremes; a fixed sequence. */
function mixed(length: number): Float32Array {
  const special = [0, -0, 1e-45, -1e-45, 3.4e38, -3.4e38, 1, -1];
  const out = new Float32Array(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] =
      i % 5 === 0 ? special[state % special.length]! : (state / 2 ** 31 - 1) * 10 ** (state % 60) * 1e-30;
  }
  return out;
}

describe('sortFloats', () => {
  it.each([0, 1, 2, 4096, 4097, LARGE])(
    'orders %i floats like the built-in sort, with one zero',
    (length) => {
      const values = mixed(length);
      const expected = values.map((value) => value + 0).sort();
      expect(sortFloats(values)).toBe(values);
      expect(values).toEqual(expected);
    },
  );

  it('sorts a part of a larger buffer without touching the rest', () => {
    const whole = mixed(LARGE + 2);
    const before = whole.slice();
    const part = whole.subarray(1, LARGE + 1);
    const expected = part.slice().sort();
    sortFloats(part);
    expect(part.map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
    expect([whole[0], whole[LARGE + 1]]).toEqual([before[0], before[LARGE + 1]]);
  });

  it('sorts doubles that 32 bits cannot tell apart', () => {
    expect(sortFloats(Float64Array.of(1 + 2e-16, 1, -1e-320, -0))).toEqual(
      Float64Array.of(-1e-320, 0, 1, 1 + 2e-16),
    );
  });
});

describe('sortPairs', () => {
  it('moves companions with their values', () => {
    const values = mixed(LARGE);
    const before = values.map((value) => value + 0);
    const companions = Uint32Array.from(values.keys());
    sortPairs(values, companions);
    expect(values).toEqual(before.slice().sort());
    expect(Float32Array.from(companions, (from) => before[from]!)).toEqual(values);
    expect(new Set(companions).size).toBe(LARGE);
  });
});

describe('ascending', () => {
  it('keeps the order of floats and can be undone', () => {
    const bits = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0]!;
    fc.assert(
      fc.property(fc.float({ noNaN: true }), fc.float({ noNaN: true }), (a, b) => {
        if (a < b) expect(ascending(bits(a))).toBeLessThan(ascending(bits(b)));
        expect(original(ascending(bits(a)))).toBe(bits(a + 0));
      }),
    );
  });
});
