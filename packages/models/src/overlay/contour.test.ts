import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../random.js';
import { type Contour, contourPath, traceContours } from './contour.js';

/** A mask drawn with # and any other character. */
function drawn(...rows: string[]) {
  const mask = Uint8Array.from([...rows.join('')].map((c) => (c === '#' ? 1 : 0)));
  return { mask, size: { width: rows[0]!.length, height: rows.length } };
}

const trace = (...rows: string[]) => {
  const { mask, size } = drawn(...rows);
  return traceContours(mask, size);
};

/** Shoelace formula: the area inside, positive for a line that runs clockwise on a screen. */
function signedArea(corners: Contour): number {
  let sum = 0;
  for (let i = 0; i < corners.length; i += 2) {
    const j = (i + 2) % corners.length;
    sum += corners[i]! * corners[j + 1]! - corners[j]! * corners[i + 1]!;
  }
  return sum / 2;
}

describe('traceContours', () => {
  it('runs clockwise around a rectangle, corners only', () => {
    expect(trace('....', '.##.', '.##.')).toEqual([[1, 1, 3, 1, 3, 3, 1, 3]]);
  });

  it('finds a hole as a line of its own, the other way round', () => {
    const contours = trace('###', '#.#', '###');
    expect(contours).toHaveLength(2);
    expect(contours.map(signedArea)).toEqual([9, -1]);
  });

  it('keeps pixels that touch by a corner together, both ways', () => {
    expect(trace('#.', '.#')).toHaveLength(1);
    expect(trace('.#', '#.')).toHaveLength(1);
    expect(trace('#..', '...', '..#')).toHaveLength(2);
  });

  it('follows one-pixel lines and the rim of the picture', () => {
    expect(trace('###')).toEqual([[0, 0, 3, 0, 3, 1, 0, 1]]);
    expect(trace('..', '..')).toEqual([]);
  });

  it('encloses exactly the mask, whatever it is', () => {
    const random = new SeededRandom(7);
    for (let n = 0; n < 50; n++) {
      const size = { width: 1 + random.below(12), height: 1 + random.below(12) };
      const mask = Uint8Array.from({ length: size.width * size.height }, () => random.below(2));
      const contours = traceContours(mask, size);
      const area = contours.reduce((sum, contour) => sum + signedArea(contour), 0);
      expect(area).toBe(mask.reduce((sum, value) => sum + value, 0));
      // Sides alternate, so no corner is a straight one; their length is that of all pixel edges at the border.
      let length = 0;
      for (const corners of contours) {
        for (let i = 0; i < corners.length; i += 2) {
          const j = (i + 2) % corners.length;
          const [dx, dy] = [corners[j]! - corners[i]!, corners[j + 1]! - corners[i + 1]!];
          expect(i % 4 === 0 ? dy : dx).toBe(0);
          length += Math.abs(dx + dy);
        }
      }
      expect(length).toBe(borderLength(mask, size));
    }
  });
});

function borderLength(mask: Uint8Array, { width, height }: { width: number; height: number }): number {
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : mask[y * width + x]!;
  let count = 0;
  for (let y = 0; y <= height; y++) {
    for (let x = 0; x <= width; x++) {
      count += Number(at(x, y) !== at(x - 1, y)) + Number(at(x, y) !== at(x, y - 1));
    }
  }
  return count;
}

describe('contourPath', () => {
  it('writes one coordinate per side, scaled, from the place of the mask', () => {
    const contours = trace('#.', '##');
    expect(contourPath(contours, 2, 10, 5)).toBe('M20 10H22V12H24V14H20z');
  });
});
