import { expect, test } from 'vitest';
import { planWaiting } from './learn.js';

test('images wait in batches of one size, within a stated memory', () => {
  // ResNet-18: 63 MB of triangles, 1.25 MB an image.
  const small = planWaiting(209, 3136, 100);
  expect(small.images).toBe(112);
  expect(small.bytes).toBe(4 * 3136 * ((100 * 101) / 2 + 3 * 100 + (8 + 112) * 100));
  // Wide-ResNet-50: 1.9 GB, 6.9 MB an image, of which a sixth of 1.9 GB holds 47.
  const large = planWaiting(209, 3136, 550);
  expect(large.images).toBe(40);
  expect(large.bytes).toBeLessThan(1.3 * 4 * 3136 * ((550 * 551) / 2));
  // No more than there are, and whole batches always.
  expect(planWaiting(3, 3136, 100).images).toBe(8);
  expect(planWaiting(20, 196, 100).images).toBe(24);
  expect(planWaiting(500, 1000 * 1000, 550).images).toBe(40);
});
