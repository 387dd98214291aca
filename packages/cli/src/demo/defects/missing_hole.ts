import { circle } from '../plate.js';
import { chance } from '../random_values.js';
import type { Spoil } from './defect.js';

// The light on a hole's edge reaches this far beyond it, px.
const EDGE = 0.9;

/** A drill broke: a hole is not there at all, or, the harder case, its countersink is and the hole is not. */
export const missingHole: Spoil = (plate, random) => {
  const at = random.below(plate.holes.length);
  const hole = plate.holes[at]!;
  const blind = chance(random, 0.4);
  const holes = plate.holes.flatMap((other, i) => {
    if (i !== at) return [other];
    return blind ? [{ ...other, radius: 0 }] : [];
  });
  const radius = (blind ? hole.radius : hole.countersink) + EDGE;
  return { plate: { ...plate, holes }, shape: circle(hole.u, hole.v, radius, '#fff') };
};
