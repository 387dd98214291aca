import fc from 'fast-check';
import type { MetricResult } from '../result.js';

/** Scores of both classes: ties are common, and huge, negative and subnormal values occur. */
export const scored = fc
  .array(
    fc.record({
      score: fc.oneof(
        fc.integer({ min: -3, max: 3 }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(5e-324, -5e-324, 1e308, -1e308, 0, -0),
      ),
      label: fc.integer({ min: 0, max: 1 }),
    }),
    { minLength: 2, maxLength: 40 },
  )
  .filter((samples) => new Set(samples.map((sample) => sample.label)).size === 2)
  .map((samples) => ({
    scores: samples.map((sample) => sample.score),
    labels: samples.map((sample) => sample.label),
  }));

/** A small set of maps with masks, coarse scores so that ties are common; some images are good, some masks empty. */
export const maps = fc
  .record({ width: fc.integer({ min: 1, max: 6 }), height: fc.integer({ min: 1, max: 6 }) })
  .chain(({ width, height }) => {
    const pixels = { minLength: width * height, maxLength: width * height };
    return fc.array(
      fc.record({
        map: fc.array(fc.integer({ min: -4, max: 4 }), pixels).map((values) => Float32Array.from(values)),
        mask: fc.option(
          fc.array(fc.integer({ min: 0, max: 1 }), pixels).map((values) => Uint8Array.from(values)),
          { freq: 4 },
        ),
        width: fc.constant(width),
        height: fc.constant(height),
      }),
      { minLength: 1, maxLength: 4 },
    );
  });

/** The value of a result that must have one. */
export function valueIn<T>(result: MetricResult<T>): T {
  if (!result.defined) throw new Error(`no value: ${result.reason}`);
  return result.value;
}
