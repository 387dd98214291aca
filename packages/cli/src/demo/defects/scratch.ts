import type { SeededRandom } from '@ad/models';
import { HALF } from '../plate.js';
import { between } from '../random_values.js';
import { type Spoil, withMark } from './defect.js';
import { placeOn } from './place.js';

// A furrow throws light and shade onto its lips, which are this wide, px.
const LIP = 1.3;

/** A hard edge was drawn over the surface: a thin, slightly bent furrow of bright fresh metal, tapering at its ends. */
export const scratch: Spoil = (plate, random) => {
  const [u, v] = placeOn(plate, random, 8);
  const length = between(random, 30, 110);
  const [angle, endU, endV] = direction(random, u, v, length);
  const width = between(random, 1.3, 3);
  const bend = between(random, -0.15, 0.15) * length;
  const middle = (side: number) => {
    const across = bend + side;
    return `${(u + endU) / 2 - across * Math.sin(angle)} ${(v + endV) / 2 + across * Math.cos(angle)}`;
  };
  // Two arcs between the same ends. A quadratic curve comes half as near as its control point: `width` at the middle.
  const outline = `M${u} ${v}Q${middle(width)} ${endU} ${endV}Q${middle(-width)} ${u} ${v}`;
  const shine = between(random, 1.3, 1.9);
  const mark = {
    shapes: `<path d="${outline}"/>`,
    gain: [shine, shine, shine] as const,
    height: between(random, -1.2, -0.4),
  };
  const shape = `<path d="${outline}" stroke="#fff" stroke-width="${2 * LIP}"/>`;
  return { plate: withMark(plate, mark), shape };
};

/** A direction in which `length` px from a point end on the plate, and that end. */
function direction(random: SeededRandom, u: number, v: number, length: number): [number, number, number] {
  for (;;) {
    const angle = between(random, 0, 2 * Math.PI);
    const endU = u + length * Math.cos(angle);
    const endV = v + length * Math.sin(angle);
    if (Math.max(Math.abs(endU), Math.abs(endV)) < HALF - 5) return [angle, endU, endV];
  }
}
