import type { SeededRandom } from '@ad/models';
import type { Pose } from './frame.js';
import { between } from './random_values.js';
import { grey } from './raster.js';

/** A countersunk hole, plate coordinates, px. */
export interface Hole {
  u: number;
  v: number;
  /** 0 where the drill has not been: a countersink alone. */
  radius: number;
  /** Outer radius of the cone. */
  countersink: number;
}

/** Something that lies on, or was done to, the finished surface. */
export interface Mark {
  /** SVG in plate coordinates; white = full effect, grey = part of it. */
  shapes: string;
  /** Reflectance where white, relative to the bare metal: red, green, blue. */
  gain: readonly [number, number, number];
  /** Height where white, px; negative = pressed in. */
  height: number;
}

/** One part under the camera. */
export interface Plate {
  pose: Pose;
  holes: readonly Hole[];
  marks: readonly Mark[];
}

/** Half of the plate's side, px. */
export const HALF = 112;
/** The face turned on a lathe around the bore: inner and outer radius, px. */
export const TURNED = { inner: 29, outer: 58 } as const;

const CORNER = 16;
/** Height of the finished surface above the mat, px. */
export const THICKNESS = 6;

// The lathe took a little off; the same unit.
const FACE = 4.6;
const CONE_BOTTOM = 2.7;
const SCREW = { at: 82, radius: 8, countersink: 13 };
const DOWEL = { at: 85, radius: 4.5, countersink: 7 };

/** A good plate: holes within tolerance, lying a little differently each time. */
export function makePlate(random: SeededRandom): Plate {
  const drill = (u: number, v: number, { radius, countersink }: typeof SCREW): Hole => ({
    u: u + between(random, -0.4, 0.4),
    v: v + between(random, -0.4, 0.4),
    radius: radius + between(random, -0.2, 0.2),
    countersink: countersink + between(random, -0.5, 0.5),
  });
  const screws = [-1, 1].flatMap((i) => [-1, 1].map((j) => drill(i * SCREW.at, j * SCREW.at, SCREW)));
  const dowels = [-1, 1].map((i) => drill(i * DOWEL.at, 0, DOWEL));
  const pose = {
    x: between(random, -6, 6),
    y: between(random, -6, 6),
    angle: between(random, -0.05, 0.05),
  };
  return { pose, holes: [...screws, ...dowels], marks: [] };
}

/** SVG of where there is metal: white = metal. */
export function metalShapes(plate: Plate): string {
  const bores = plate.holes.map(({ u, v, radius }) => circle(u, v, radius, '#000')).join('');
  return outline('#fff') + circle(0, 0, TURNED.inner, '#000') + bores;
}

/** SVG of the finished surface's height: white = {@link THICKNESS}. */
export function reliefShapes(plate: Plate): string {
  const top = grey(1);
  const bottom = grey(CONE_BOTTOM / THICKNESS);
  // Flat in the middle, where a drilled hole cuts it away and a forgotten one shows it.
  const cone =
    `<radialGradient id="cone"><stop offset="0.5" stop-color="${bottom}"/>` +
    `<stop offset="1" stop-color="${top}"/></radialGradient>`;
  const cones = plate.holes.map(({ u, v, countersink }) => circle(u, v, countersink, 'url(#cone)')).join('');
  return cone + outline(top) + circle(0, 0, TURNED.outer, grey(FACE / THICKNESS)) + cones;
}

function outline(fill: string): string {
  const side = 2 * HALF;
  return `<rect x="${-HALF}" y="${-HALF}" width="${side}" height="${side}" rx="${CORNER}" fill="${fill}"/>`;
}

/** SVG of a disc. */
export function circle(u: number, v: number, radius: number, fill: string): string {
  return `<circle cx="${u}" cy="${v}" r="${radius}" fill="${fill}"/>`;
}
