import sharp from 'sharp';
import { type Pose, SIZE, toPicture } from './frame.js';

/**
 * Draws SVG shapes, given in plate coordinates, on black.
 *
 * @returns `[SIZE, SIZE]`, 0 = black, 1 = white, between them at the edges (antialiased)
 */
export async function rasterize(shapes: string, pose: Pose): Promise<Float32Array> {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${SIZE}">` +
    `<rect width="100%" height="100%"/><g transform="${toPicture(pose)}" fill="#fff">${shapes}</g></svg>`;
  const levels = await sharp(Buffer.from(svg)).extractChannel(0).raw().toBuffer();
  const plane = new Float32Array(levels.length);
  for (let i = 0; i < plane.length; i++) plane[i] = levels[i]! / 255;
  return plane;
}

/** The fill colour that {@link rasterize} turns into `level`, 0..1. */
export function grey(level: number): string {
  const percent = level * 100;
  return `rgb(${percent}%,${percent}%,${percent}%)`;
}
