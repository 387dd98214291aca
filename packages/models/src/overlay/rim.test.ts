import { describe, expect, it } from 'vitest';
import { paintRim } from './rim.js';

const SIDE = 16;

/** A picture of one colour whose left half was not inspected. */
function painted(colour: number[]) {
  const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => colour[i % 3]!);
  const map = Float32Array.from({ length: SIDE * SIDE }, (_, i) => (i % SIDE < SIDE / 2 ? Number.NaN : 0));
  paintRim({ data, width: SIDE, height: SIDE }, map, 8);
  return (x: number, y: number) => [...data.subarray(3 * (y * SIDE + x), 3 * (y * SIDE + x) + 3)];
}

describe('paintRim', () => {
  it('leaves what was inspected as it is', () => {
    const at = painted([200, 30, 90]);
    for (let y = 0; y < SIDE; y++) for (let x = 8; x < SIDE; x++) expect(at(x, y)).toEqual([200, 30, 90]);
  });

  it.each([
    ['black', [0, 0, 0]],
    ['white', [255, 255, 255]],
    ['red', [255, 0, 0]],
  ])('greys %s and stripes it, two in eight, along falling diagonals', (_, colour) => {
    const at = painted(colour);
    const levels = Array.from({ length: 8 }, (_, x) => at(x, 0));
    for (const [r, g, b] of levels) expect([g, b]).toEqual([r, r]);
    const [stripe, ground] = [levels[0]![0]!, levels[2]![0]!];
    expect(stripe - ground).toBeGreaterThan(40);
    expect(levels.map(([level]) => level === stripe)).toEqual([true, true, ...Array(6).fill(false)]);
    for (let y = 1; y < SIDE; y++) expect(at(0, y)).toEqual(levels[y % 8]);
  });
});
