import { circle } from '../plate.js';
import { between } from '../random_values.js';
import { type Spoil, withMark } from './defect.js';
import { placeOn } from './place.js';

/** Dried coolant: drops that ran together, brownish, darkest at the rim where the residue gathered. */
export const stain: Spoil = (plate, random) => {
  const size = between(random, 7, 17);
  const [u, v] = placeOn(plate, random, size / 2);
  const drops = Array.from({ length: 5 }, () => ({
    u: u + between(random, -size, size) * 0.7,
    v: v + between(random, -size, size) * 0.7,
    radius: size * between(random, 0.4, 0.9),
  }));
  const film = (shrink: number, fill: string) =>
    drops.map((drop) => circle(drop.u, drop.v, drop.radius - shrink, fill)).join('');
  const shape = film(0, '#fff');
  const strength = between(random, 0.18, 0.5);
  const mark = {
    shapes: shape + film(1.5, '#bbb'),
    gain: [1 - 0.75 * strength, 1 - strength, 1 - 1.25 * strength] as const,
    height: 0,
  };
  return { plate: withMark(plate, mark), shape };
};
