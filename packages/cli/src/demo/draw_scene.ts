import { blur } from './blur.js';
import { expose } from './camera.js';
import { SIZE, toPlate } from './frame.js';
import { irradiance, type Light } from './light.js';
import { metalReflectance } from './metal.js';
import { metalShapes, type Plate, reliefShapes, THICKNESS } from './plate.js';
import { rasterize } from './raster.js';
import type { Scene } from './scene.js';

const MAT = 0.035;
const SHADOW = { offset: 5, sigma: 4, depth: 0.75 };
/** Edges are not sharper than the tool that broke them, px. */
const EDGE_SIGMA = 0.8;
/** Share of light that a slope of 1 towards the lamp adds. */
const SLOPE_GAIN = 1.4;

/**
 * Draws a plate on its mat as the camera sees it.
 *
 * @returns `[SIZE, SIZE, 3]`
 */
export async function drawScene(scene: Scene): Promise<Uint8ClampedArray> {
  const { plate, texture, light } = scene;
  const [metal, shadow, surface] = await Promise.all([
    rasterize(metalShapes(plate), plate.pose),
    shadowOf(plate, light),
    surfaceOf(plate),
  ]);
  const mat = blur(scene.mat, 1);
  const radiance = Array.from({ length: 3 }, () => new Float32Array(SIZE * SIZE));
  for (let i = 0; i < metal.length; i++) {
    const row = Math.floor(i / SIZE);
    const column = i % SIZE;
    const [u, v] = toPlate(plate.pose, column + 0.5, row + 0.5);
    const ground = MAT * (1 + 0.5 * mat[i]!) * (1 - SHADOW.depth * shadow[i]!);
    const slope = towards(light, surface.height, i);
    const share = metal[i]!;
    const shine =
      share === 0 ? 0 : metalReflectance(texture, light, u, v) * Math.max(1 + SLOPE_GAIN * slope, 0.05);
    const lit = irradiance(light, column, row);
    for (let channel = 0; channel < 3; channel++) {
      const reflected = share * shine * surface.gain[channel]![i]! + (1 - share) * ground;
      radiance[channel]![i] = light.colour[channel]! * lit * reflected;
    }
  }
  return expose(radiance, scene.sensor);
}

/** The plate's shadow on the mat, 1 = full. */
async function shadowOf(plate: Plate, { direction: [x, y] }: Light): Promise<Float32Array> {
  const { offset, sigma } = SHADOW;
  const fallen = { ...plate.pose, x: plate.pose.x - offset * x, y: plate.pose.y - offset * y };
  return blur(await rasterize(metalShapes(plate), fallen), sigma);
}

/** Height in px and relative reflectance per colour of the finished and then marked surface. */
async function surfaceOf(plate: Plate): Promise<{ height: Float32Array; gain: Float32Array[] }> {
  const height = (await rasterize(reliefShapes(plate), plate.pose)).map((level) => level * THICKNESS);
  const gain = Array.from({ length: 3 }, () => new Float32Array(SIZE * SIZE).fill(1));
  for (const mark of plate.marks) {
    const share = await rasterize(mark.shapes, plate.pose);
    for (let i = 0; i < share.length; i++) {
      height[i]! += mark.height * share[i]!;
      for (let channel = 0; channel < 3; channel++) {
        gain[channel]![i]! *= 1 + (mark.gain[channel]! - 1) * share[i]!;
      }
    }
  }
  return { height: blur(height, EDGE_SIGMA), gain };
}

/** How steeply the surface at pixel `i` faces the lamp. */
function towards({ direction: [x, y] }: Light, height: Float32Array, i: number): number {
  const at = (j: number) => height[j] ?? 0;
  return -(x * (at(i + 1) - at(i - 1)) + y * (at(i + SIZE) - at(i - SIZE))) / 2;
}
