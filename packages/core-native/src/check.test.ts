import { describe, expect, it } from 'vitest';
import * as core from './index.js';
import { randomMatrix } from './testing/random.js';

const index = await core.NearestIndex.build(randomMatrix(5, 3));
const shape = { images: 1, height: 2, width: 3, outHeight: 2, outWidth: 3 };

/** Every call that takes a matrix, and what it calls it. */
const MATRICES: [string, string, (matrix: core.Matrix) => Promise<unknown>][] = [
  ['findComponents', 'map', (matrix) => core.findComponents(matrix, 0)],
  ['greedyCoreset', 'points', (matrix) => core.greedyCoreset(matrix, { count: 1, start: 0 })],
  ['sparseProjection', 'points', (matrix) => core.sparseProjection(matrix, { components: 1, seed: 0 })],
  ['NearestIndex.build', 'bank', (matrix) => core.NearestIndex.build(matrix)],
  ['NearestIndex.search', 'queries', (matrix) => index.search(matrix, 1)],
  ['levelMoments', 'rows', (matrix) => core.levelMoments(matrix, [3])],
  ['scaleLevels', 'rows', (matrix) => core.scaleLevels(matrix, [3], [1])],
];

/** Every call that takes an array of 2 x 3 elements, what it calls it and its shape. */
const ARRAYS: [string, string, string, (data: Float32Array) => Promise<unknown>][] = [
  ...MATRICES.map(([call, name, start]): (typeof ARRAYS)[number] => [
    call,
    `${name}.data`,
    '2 x 3',
    (data) => start({ data, rows: 2, cols: 3 }),
  ]),
  ['anomalyMaps', 'scores', '1 x 2 x 3', (data) => core.anomalyMaps(data, shape)],
  [
    'patchEmbed',
    'maps[0].data',
    '1 x 1 x 2 x 3',
    (data) => core.patchEmbed([{ data, channels: 1, height: 2, width: 3 }], { images: 1 }),
  ],
  [
    'patchEmbed into a matrix',
    'into.matrix.data',
    '2 x 3',
    (data) =>
      core.patchEmbed([{ data: new Float32Array(6), channels: 3, height: 1, width: 2 }], {
        images: 1,
        into: { matrix: { data, rows: 2, cols: 3 }, row: 0 },
      }),
  ],
];

function transferredAway(): Float32Array {
  const data = new Float32Array(6);
  structuredClone(data, { transfer: [data.buffer] });
  return data;
}

describe.each(ARRAYS)('%s', (_, name, expected, start) => {
  it('takes six floats', async () => {
    await expect(start(new Float32Array(6))).resolves.not.toThrow();
  });

  it.each([
    ['one too few', () => new Float32Array(5), `has 5 elements; expected ${expected} = 6.`],
    ['one too many', () => new Float32Array(7), `has 7 elements; expected ${expected} = 6.`],
    ['a transferred buffer', transferredAway, `has 0 elements; expected ${expected} = 6.`],
    ['doubles', () => new Float64Array(6), 'is a Float64Array; expected a Float32Array.'],
    ['a plain array', () => [1, 2, 3, 4, 5, 6], 'is a Array; expected a Float32Array.'],
    ['nothing', () => undefined, 'is undefined; expected a Float32Array.'],
    ['null', () => null, 'is null; expected a Float32Array.'],
  ])('refuses %s', async (_, make, message) => {
    await expect(start(make() as Float32Array)).rejects.toMatchObject({
      name: 'AdError',
      code: 'E_SHAPE',
      message: `${name} ${message}`,
    });
  });

  it('refuses memory that another thread could change, and says what to pass', async () => {
    const shared: Float32Array<ArrayBufferLike> = new Float32Array(new SharedArrayBuffer(24));
    await expect(start(shared as Float32Array)).rejects.toMatchObject({
      name: 'AdError',
      code: 'E_ARGUMENT',
      message: `${name} lies in a SharedArrayBuffer, which another thread could change during the call.`,
      hint: `Pass a copy: ${name}.slice().`,
    });
  });
});

describe.each(MATRICES)('%s', (_, name, start) => {
  it.each([-1, 1.5, Number.NaN, 2 ** 53])('refuses %d rows or columns', async (value) => {
    const matrix = { data: new Float32Array(6), rows: 2, cols: 3 };
    for (const axis of ['rows', 'cols']) {
      await expect(start({ ...matrix, [axis]: value })).rejects.toMatchObject({
        name: 'AdError',
        code: 'E_ARGUMENT',
        message: `${name}.${axis} is ${value}; expected a whole number of at least 0.`,
      });
    }
  });

  it('refuses a shape whose product has no exact number', async () => {
    const size = Number.MAX_SAFE_INTEGER;
    const matrix = { data: new Float32Array(6), rows: size, cols: size };
    await expect(start(matrix)).rejects.toMatchObject({ name: 'AdError', code: 'E_SHAPE' });
  });
});
