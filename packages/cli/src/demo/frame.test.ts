import { expect, test } from 'vitest';
import { SIZE, toPlate } from './frame.js';
import { circle } from './plate.js';
import { rasterize } from './raster.js';

test('a shape drawn in plate coordinates appears where the way back finds it', async () => {
  const pose = { x: 12, y: -7, angle: 0.4 };
  const plane = await rasterize(circle(50, 20, 6, '#fff'), pose);
  plane.forEach((level, i) => {
    const [u, v] = toPlate(pose, (i % SIZE) + 0.5, Math.floor(i / SIZE) + 0.5);
    const radius = Math.hypot(u - 50, v - 20);
    // Only pixels that the edge crosses are between black and white.
    if (radius < 5) expect(level).toBe(1);
    if (radius > 7) expect(level).toBe(0);
  });
});
