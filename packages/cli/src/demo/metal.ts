import { glare, type Light } from './light.js';
import { TURNED } from './plate.js';
import type { Texture } from './texture.js';

const REFLECTANCE = 0.36;
const BRUSHED_CONTRAST = 0.085;
const TURNED_CONTRAST = 0.06;

/** Reflectance of flat bare metal at a point of the plate, towards the camera. */
export function metalReflectance(texture: Texture, light: Light, u: number, v: number): number {
  const radius = Math.hypot(u, v);
  if (radius > TURNED.outer) {
    return REFLECTANCE * (1 + BRUSHED_CONTRAST * texture.brushed(u, v) + glare(light, u));
  }
  return REFLECTANCE * (1 + TURNED_CONTRAST * texture.turned(radius)) * fan(light, u / radius, v / radius);
}

/** Grooves in circles mirror the lamp only where they run across its light: two bright fans opposite each other. */
function fan({ direction: [x, y] }: Light, cos: number, sin: number): number {
  const across = (x * cos + y * sin) ** 2;
  return 0.72 + 0.75 * across ** 3;
}
