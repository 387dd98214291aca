import type { Size } from '../image/index.js';

/** A closed line through pixel corners, x and y in turn, starting with a horizontal side; corners only. */
export type Contour = number[];

/** One step right, down, left, up. */
const STEP_X = [1, 0, -1, 0] as const;
const STEP_Y = [0, 1, 0, -1] as const;

/**
 * The borders of a mask along pixel edges, with the inside at the right hand: outer borders run clockwise, those of holes
 * counter-clockwise. Pixels that touch by a corner belong together, as they do in a region.
 *
 * @param mask - `[height, width]`, inside where it is not 0
 * @example
 * traceContours(Uint8Array.from([1]), { width: 1, height: 1 }); // [[0, 0, 1, 0, 1, 1, 0, 1]]
 */
export function traceContours(mask: Uint8Array, { width, height }: Size): Contour[] {
  const inside = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] !== 0;
  // Every border has an upper side of a pixel that is walked to the right: those are where borders start.
  const walked = new Uint8Array(width * height);
  const contours: Contour[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (inside(x, y) && !inside(x, y - 1) && !walked[y * width + x]) contours.push(walk(x, y));
    }
  }
  return contours;

  function walk(startX: number, startY: number): Contour {
    const corners = [startX, startY];
    let [x, y, direction] = [startX, startY, 0];
    for (;;) {
      if (direction === 0) walked[y * width + x] = 1;
      x += STEP_X[direction]!;
      y += STEP_Y[direction]!;
      const next = turn(x, y, direction);
      if (x === startX && y === startY && next === 0) return corners;
      if (next !== direction) corners.push(x, y);
      direction = next;
    }
  }

  /** Left where the pixel ahead at the left is inside (also if only its corner touches), else on, else right. */
  function turn(x: number, y: number, direction: number): number {
    // The two pixels ahead of the corner (x, y): one at the left, one at the right of the line.
    const right = (direction + 1) % 4;
    const aheadX = x + (STEP_X[direction]! + STEP_X[right]! - 1) / 2;
    const aheadY = y + (STEP_Y[direction]! + STEP_Y[right]! - 1) / 2;
    if (inside(aheadX - STEP_X[right]!, aheadY - STEP_Y[right]!)) return (direction + 3) % 4;
    return inside(aheadX, aheadY) ? direction : right;
  }
}

/**
 * Contours as the data of an SVG path.
 *
 * @param scale - picture pixels per mask pixel
 * @param left - of the mask, in its own pixels
 * @param top - of the mask, in its own pixels
 */
export function contourPath(contours: readonly Contour[], scale: number, left = 0, top = 0): string {
  const at = (value: number) => Number((value * scale).toFixed(2));
  return contours
    .map((corners) => {
      const sides = corners.slice(2).map((value, i) => {
        // The first side is horizontal, and they alternate: one coordinate per side is enough.
        if (i % 4 === 0) return `H${at(left + value)}`;
        return i % 4 === 3 ? `V${at(top + value)}` : '';
      });
      return `M${at(left + corners[0]!)} ${at(top + corners[1]!)}${sides.join('')}z`;
    })
    .join('');
}
