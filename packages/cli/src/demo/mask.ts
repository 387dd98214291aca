import { blur } from './blur.js';
import { LENS_SIGMA } from './camera.js';
import type { Defect } from './defects/index.js';
import { metalShapes } from './plate.js';
import { rasterize } from './raster.js';

/** Share of a pixel's light that must come from the defect. */
const SEEN = 0.2;

/**
 * The ground truth of a defect, from the geometry that it is drawn from: its shape, where there is metal, through the
 * same lens.
 *
 * @returns `[SIZE, SIZE]`, 255 = defect, 0 = not
 */
export async function drawMask({ plate, shape }: Defect): Promise<Uint8Array> {
  const [covered, metal] = await Promise.all([
    rasterize(shape, plate.pose),
    rasterize(metalShapes(plate), plate.pose),
  ]);
  for (let i = 0; i < covered.length; i++) covered[i]! *= metal[i]!;
  const seen = blur(covered, LENS_SIGMA);
  const mask = new Uint8Array(seen.length);
  for (let i = 0; i < mask.length; i++) mask[i] = seen[i]! > SEEN ? 255 : 0;
  return mask;
}
