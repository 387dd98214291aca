import sharp from 'sharp';
import type { RgbImage, Size } from '../image/index.js';
import { THEME } from './theme.js';

/** Pictures on the ground at their places, an SVG fragment over all of it, as the bytes of an RGB PNG. */
export function composePng(
  { width, height }: Size,
  pictures: readonly { pixels: RgbImage; left: number; top: number }[],
  drawing: string,
): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawing}</svg>`;
  return sharp({ create: { width, height, channels: 3, background: THEME.ground } })
    .composite([
      ...pictures.map(({ pixels, left, top }) => ({
        input: Buffer.from(pixels.data.buffer, pixels.data.byteOffset, pixels.data.length),
        raw: { width: pixels.width, height: pixels.height, channels: 3 as const },
        left,
        top,
      })),
      // `unlimited`: the outlines of a noisy map can be longer than what libxml trusts a stranger's file with.
      { input: Buffer.from(svg), unlimited: true },
    ])
    .removeAlpha()
    .png()
    .toBuffer();
}
