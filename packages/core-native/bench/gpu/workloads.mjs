// The kernels at the sizes of the README's example (MVTec AD bottle, ResNet-18 layers 2 and 3: 784 places of 384 columns an
// image, 209 images), with the operations and bytes that each counts. Memory is what has to be moved once; re-reading that
// a cache may serve is not counted, so the time is a floor.
import {
  anomalyMaps,
  fitKde,
  greedyCoreset,
  kdeLogDensity,
  mahalanobis,
  NearestIndex,
  patchEmbed,
  sparseProjection,
  triangleSize,
} from '../../dist/index.js';

const F32 = 4;
const F64 = 8;

/** Seeded numbers in [-1, 1). */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

const floats = (n, next, scale = 1) => Float32Array.from({ length: n }, () => scale * next());

/** Rows that vary along few directions, as patch embeddings do, with a little of everything. */
function telling(rows, cols, seed, directions = 24) {
  const next = random(seed);
  const axes = floats(directions * cols, random(1));
  const data = new Float32Array(rows * cols);
  const along = new Float32Array(directions);
  for (let r = 0; r < rows; r++) {
    for (let a = 0; a < directions; a++) along[a] = next() / (1 + a / 4);
    for (let c = 0; c < cols; c++) {
      let value = 0.05 * next();
      for (let a = 0; a < directions; a++) value += along[a] * axes[a * cols + c];
      data[r * cols + c] = value;
    }
  }
  return { data, rows, cols };
}

/** Factors of a Gaussian with unit diagonal and little beside it. */
function factors(positions, cols) {
  const next = random(5);
  const data = new Float32Array(positions * triangleSize(cols));
  for (let p = 0, at = 0; p < positions; p++) {
    for (let j = 0; j < cols; j++) {
      for (let i = j; i < cols; i++) data[at++] = i === j ? 1 : (0.2 * next()) / cols;
    }
  }
  return { positions, cols, mean: floats(positions * cols, next), factors: data };
}

/** Largest difference of two arrays; infinite where one is NaN. */
export function difference(a, b) {
  let most = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    const by = Math.abs(a[i] - b[i]);
    most = by > most || Number.isNaN(by) ? (Number.isNaN(by) ? Infinity : by) : most;
  }
  return most;
}

const nearest = (name, k, spread, words) => {
  const [rows, queries, cols] = [16_385, 12_544, 384];
  const pairs = rows * queries;
  return {
    name,
    // Without a head every pair: subtraction, multiplication, addition. With one, twice the words of every pair.
    work: {
      lanes: words > 0 ? 0 : 3 * pairs * cols,
      dp4a: 2 * pairs * words,
      memory: (rows + queries) * (cols * F32 + words * 4),
      bus: queries * (cols + 2 * k) * F32,
    },
    tolerance: 0,
    async prepare() {
      const make = (n, seed) =>
        spread ? telling(n, cols, seed) : { data: floats(n * cols, random(seed)), rows: n, cols };
      const bank = make(rows, 2);
      const asked = make(queries, 3);
      const indices = {};
      return async (options) => {
        indices[options.device] ??= await NearestIndex.build(bank, options);
        const { indices: found, distances } = await indices[options.device].search(asked, k, options);
        return [found, distances];
      };
    },
  };
};

export const WORKLOADS = [
  nearest('nearest, no head, k = 1', 1, false, 0),
  // 95 axes and the rest's length, as docs/speed.md finds them on real patches: 24 words of four.
  nearest('nearest, head of 24 words, k = 9', 9, true, 24),
  {
    name: 'coreset, 32,768 x 384 to 3,277',
    // Every row meets every centre once at most; lazy bounds leave out a part that depends on the data.
    work: {
      lanes: 3 * 32_768 * 3277 * 384,
      memory: 32_768 * 384 * F32,
      bus: 32_768 * 384 * F32,
    },
    tolerance: 0,
    async prepare() {
      const points = telling(32_768, 384, 4);
      return async (options) => {
        const { indices, radius } = await greedyCoreset(points, { count: 3277, start: 0 }, options);
        return [indices, [radius]];
      };
    },
  },
  {
    name: 'projection, 163,856 x 384 to 178',
    // A tenth of the entries is not 0; each is an addition.
    work: {
      lanes: 163_856 * 178 * 384 * 0.1,
      memory: 163_856 * (384 + 178) * F32,
      bus: 163_856 * (384 + 178) * F32,
    },
    tolerance: 0,
    async prepare() {
      const points = { data: floats(163_856 * 384, random(6)), rows: 163_856, cols: 384 };
      return async (options) => [
        (await sparseProjection(points, { components: 178, density: 0.1, seed: 0 }, options)).data,
      ];
    },
  },
  {
    name: 'mahalanobis, 83 x 784 x 100',
    work: {
      lanes: 83 * 784 * 100 * 100,
      memory: 784 * (83 * 101 + 100 + 5050) * F32,
      bus: 784 * (83 * 101 + 100 + 5050) * F32,
    },
    // The CPU's faster levels fuse multiplications with subtractions.
    tolerance: 1e-4,
    async prepare() {
      const fitted = factors(784, 100);
      const rows = { data: floats(83 * 784 * 100, random(7)), rows: 83 * 784, cols: 100 };
      return async (options) => [await mahalanobis(rows, fitted, options)];
    },
  },
  {
    name: 'kde, 8,192 rows, 209 points, 16 columns',
    // Each point is measured twice: difference, square, sum.
    work: {
      fp64: 8192 * (2 * 209 * 16 * 3 + 16 * 17),
      memory: 8192 * (16 * F32 + F64) + 209 * 16 * F32 + 16 * 17 * F64,
      bus: 8192 * (16 * F32 + F64),
    },
    tolerance: 1e-9,
    async prepare() {
      const fitted = await fitKde({ data: floats(209 * 16, random(8)), rows: 209, cols: 16 });
      const rows = { data: floats(8192 * 16, random(9)), rows: 8192, cols: 16 };
      return async (options) => [await kdeLogDensity(rows, fitted, options)];
    },
  },
  {
    name: 'patch embedding, 32 images, ResNet-18 layers 2, 3',
    // 9 additions a place, and 7 operations to blend four corners and scale.
    work: {
      lanes: 32 * (9 * (128 * 784 + 256 * 196) + 10 * 384 * 784),
      memory: 32 * (3 * 128 * 784 + 3 * 256 * 196 + 384 * 784) * F32,
      bus: 32 * (128 * 784 + 256 * 196 + 384 * 784) * F32,
    },
    tolerance: 0,
    async prepare() {
      const next = random(10);
      const levels = [
        { data: floats(32 * 128 * 784, next), channels: 128, height: 28, width: 28 },
        { data: floats(32 * 256 * 196, next), channels: 256, height: 14, width: 14 },
      ];
      return async (options) => [(await patchEmbed(levels, { images: 32 }, options)).data];
    },
  },
  {
    name: 'anomaly maps, 83 x 28 x 28 to 450 x 450, sigma 4',
    // 33 taps in pairs, along both axes: two additions and a multiplication a pair.
    work: {
      lanes: 83 * 450 * 450 * (2 * (1 + 3 * 16) + 9),
      memory: 83 * (28 * 28 + 3 * 450 * 450) * F32,
      bus: 83 * (28 * 28 + 450 * 450) * F32,
    },
    tolerance: 0,
    async prepare() {
      const scores = floats(83 * 784, random(11), 5);
      const shape = { images: 83, height: 28, width: 28, outHeight: 450, outWidth: 450 };
      return async (options) => [await anomalyMaps(scores, shape, { sigma: 4 }, options)];
    },
  },
];
