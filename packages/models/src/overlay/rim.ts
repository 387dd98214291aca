import type { RgbImage } from '../image/index.js';

/**
 * Greys and hatches what was not inspected (NaN in the map), in place: stripes, because a grey part has no colour to lose.
 *
 * @param map - one value per pixel of the picture
 * @param pitch - pixels from one stripe to the next
 */
export function paintRim({ data, width, height }: RgbImage, map: Float32Array, pitch: number): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (!Number.isNaN(map[i]!)) continue;
      // Rec. 709 luma, drawn towards mid grey so that stripes show on black and on white.
      const luma = 0.2126 * data[3 * i]! + 0.7152 * data[3 * i + 1]! + 0.0722 * data[3 * i + 2]!;
      const striped = (x + y) % pitch < pitch / 4;
      data.fill(Math.round((striped ? 120 : 60) + 0.3 * luma), 3 * i, 3 * i + 3);
    }
  }
}
