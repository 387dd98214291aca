// Functions that also run in other processes and threads, where they arrive as source text (see program.ts): they may
// use their parameters and globals only.
import type { CallOptions } from '../index.js';

/** The package, as a namespace. */
export type Core = typeof import('../index.js');

/** What every long call of the package answers on fixed data, large enough for the fast paths to be taken. */
export async function everyCall(core: Core, options: CallOptions = {}): Promise<Record<string, number[]>> {
  const noise = (length: number) =>
    Float32Array.from({ length }, (_, i) => (((i + 1) * 2654435761) % 4294967296) / 2 ** 31 - 1);
  const matrix = (rows: number, cols: number) => ({ data: noise(rows * cols), rows, cols });

  const index = await core.NearestIndex.build(matrix(3000, 65), options);
  const { indices, distances } = await index.search(matrix(33, 65), 3, options);
  const coreset = await core.greedyCoreset(matrix(4200, 33), { count: 40, start: 1 }, options);
  const projected = await core.sparseProjection(matrix(67, 33), { components: 7, seed: 5 }, options);
  const levels = [
    { data: noise(9 * 17 * 35), channels: 17, height: 5, width: 7 },
    { data: noise(9 * 3 * 12), channels: 3, height: 3, width: 4 },
  ];
  const rows = await core.patchEmbed(levels, { images: 9 }, options);
  const moments = await core.levelMoments(rows, [17, 3], options);
  const embedded = [...rows.data];
  await core.scaleLevels(rows, [17, 3], [0.3, 1.7], options);
  const shape = { images: 9, height: 5, width: 7, outHeight: 15, outWidth: 33, sigma: 1.5 };
  const maps = await core.anomalyMaps(noise(9 * 35), shape, options);
  const components = await core.findComponents({ data: maps, rows: 9 * 15, cols: 33 }, 0.1, options);
  const gaussian = new core.PositionMoments(5, 35);
  await gaussian.add(matrix(5 * 70, 35), options);
  await gaussian.add(matrix(5 * 3, 35), options);
  const gaussians = await core.factorise(gaussian, { ridge: 0.01 }, options);
  const shrunk = await core.ledoitWolf(matrix(30, 70), options);
  return {
    neighbours: [...indices, ...distances],
    coreset: [...coreset.indices, coreset.radius],
    projected: [...projected.data],
    embedded,
    moments: moments.flatMap(({ mean, std }) => [mean, std]),
    scaled: [...rows.data],
    maps: [...maps],
    gaussians: [...gaussians.mean, ...gaussians.factors],
    mahalanobis: [...(await core.mahalanobis(matrix(5 * 9, 35), gaussians, options))],
    shrunk: [...shrunk.mean, ...shrunk.scatter, shrunk.shrinkage],
    components: components.flatMap((one) => Object.values(one)),
  };
}

/** A call that nobody would wait for: minutes, unless it is stopped. */
export async function endlessCall(core: Core, options: CallOptions): Promise<void> {
  const [rows, cols] = [500_000, 32];
  const data = new Float32Array(rows * cols);
  let state = 1;
  for (let i = 0; i < data.length; i++) data[i] = state = (Math.imul(state, 1664525) + 1013904223) | 0;
  await core.greedyCoreset({ data, rows, cols }, { count: rows / 2, start: 0 }, options);
}
