import { between } from '../random_values.js';
import { grey } from '../raster.js';
import { type Spoil, withMark } from './defect.js';
import { placeOn } from './place.js';

const STOPS = 24;
// The rim runs out flat: beyond this share of the radius there is nothing to see.
const SEEN_SHARE = 0.93;

/** A blow pressed the metal in: a smooth oval bowl, seen by its bright and its dark flank alone. */
export const dent: Spoil = (plate, random) => {
  const radius = between(random, 7, 16);
  const [u, v] = placeOn(plate, random, radius + 2);
  const flatness = between(random, 0.65, 1);
  const turn = between(random, 0, 180);
  const oval = (size: number, fill: string) =>
    `<ellipse rx="${size}" ry="${size * flatness}" fill="${fill}" ` +
    `transform="translate(${u} ${v}) rotate(${turn})"/>`;
  const mark = {
    shapes: bowl() + oval(radius, 'url(#bowl)'),
    gain: [1, 1, 1] as const,
    height: -radius * between(random, 0.08, 0.22),
  };
  return { plate: withMark(plate, mark), shape: oval(radius * SEEN_SHARE, '#fff') };
};

/** A radial gradient of the profile (1 + cos(pi r)) / 2, flat at the centre and at the rim. */
function bowl(): string {
  const stops = Array.from({ length: STOPS + 1 }, (_, i) => {
    const depth = (1 + Math.cos((Math.PI * i) / STOPS)) / 2;
    return `<stop offset="${i / STOPS}" stop-color="${grey(depth)}"/>`;
  });
  return `<radialGradient id="bowl">${stops.join('')}</radialGradient>`;
}
