import type { SeededRandom } from '@ad/models';
import { HALF, type Plate, TURNED } from '../plate.js';
import { between } from '../random_values.js';

/** A random point of the plate with `margin` px of metal around it. */
export function placeOn(plate: Plate, random: SeededRandom, margin: number): [number, number] {
  const reach = HALF - margin;
  for (;;) {
    const u = between(random, -reach, reach);
    const v = between(random, -reach, reach);
    const inBore = Math.hypot(u, v) < TURNED.inner + margin;
    const inHole = plate.holes.some((hole) => Math.hypot(u - hole.u, v - hole.v) < hole.countersink + margin);
    if (!inBore && !inHole) return [u, v];
  }
}
