import {
  type CallOptions,
  type FeatureMap,
  factorise,
  type GaussianFactors,
  ledoitWolf,
  type Matrix,
  mahalanobis as mahalanobisDistances,
  triangleSize,
} from '@ad/core-native';
import { z } from 'zod';
import type { FeatureBatch } from '../../pipeline/features.js';
import { withinBudget } from '../budget.js';
import { collectVectors } from '../image_vectors.js';
import { type FittedMethod, type Method, totalChannels } from '../method.js';
import { globalAverage } from '../pooling.js';
import { damaged, matrixOf, stateOf, tensorOf } from '../saved.js';
import { parseSettings } from '../settings.js';

/** MahalanobisAD has no settings. */
export type MahalanobisADSettings = Record<never, never>;

const settingsSchema = z.strictObject({}) as z.ZodType<MahalanobisADSettings>;

const stateSchema = z.strictObject({
  images: z.int().positive(),
  /** Of each layer, and how far its covariance was shrunk towards a multiple of the identity. */
  levels: z.array(z.strictObject({ channels: z.int().positive(), shrinkage: z.number() })).min(1),
});

type State = z.infer<typeof stateSchema>;

/** MahalanobisAD (Rippel, Mertens, Merhof 2020, arXiv:2005.14140): see this folder's README. */
export const mahalanobis: Method<MahalanobisADSettings> = {
  name: 'mahalanobis',
  layers: 'all',
  options: [],
  settings: (given) => parseSettings('MahalanobisAD', settingsSchema, given),
  deterministic: true,
  oneScale: false,
  // Ledoit and Wolf's estimate does not shrink the covariance of two images, which is singular.
  minImages: () => 3,

  memory(plan, _settings, budget) {
    const channels = plan.layers.map((layer) => layer.channels);
    const largest = Math.max(...channels);
    const factors = channels.reduce((sum, c) => sum + triangleSize(c), 0);
    // The rows and a level's copy of them, the factors, and one covariance in double precision.
    const bytes = 4 * plan.images * (totalChannels(plan) + largest) + 4 * factors + 8 * largest ** 2;
    return withinBudget('MahalanobisAD', bytes, budget, 'Allow it more with --max-memory.');
  },

  async fit(batches, _settings, context) {
    const { plan, signal, threads, device, timing } = context;
    const rows = await collectVectors(batches, totalChannels(plan), context, ({ maps, images }) =>
      globalAverage(maps, images),
    );
    const channels = plan.layers.map((layer) => layer.channels);
    const levels: State['levels'] = [];
    const gaussians: GaussianFactors[] = [];
    for (const level of splitLevels(rows, channels)) {
      const moments = await timing.measure('covariance', () =>
        ledoitWolf(level, { signal, threads, device }),
      );
      levels.push({ channels: level.cols, shrinkage: moments.shrinkage });
      gaussians.push(
        await timing.measure('factorise', () =>
          factorise(moments, { ridge: 0 }, { signal, threads, device }),
        ),
      );
    }
    return fitted({ images: rows.rows, levels }, gaussians);
  },

  async restore({ state, tensors }) {
    const { images, levels } = stateOf(stateSchema, state);
    const gaussians = levels.map(({ channels }, i) => ({
      positions: 1,
      cols: channels,
      mean: matrixOf(tensors, `mean${i}`, [1, channels]).data,
      factors: matrixOf(tensors, `factors${i}`, [1, triangleSize(channels)]).data,
    }));
    return fitted({ images, levels }, gaussians);
  },
};

function fitted(state: State, gaussians: readonly GaussianFactors[]): FittedMethod {
  const channels = state.levels.map((level) => level.channels);
  return {
    settings: {},
    state,
    tensors: Object.fromEntries(
      gaussians.flatMap(({ cols, mean, factors }, i) => [
        [`mean${i}`, tensorOf({ data: mean, rows: 1, cols })],
        [`factors${i}`, tensorOf({ data: factors, rows: 1, cols: triangleSize(cols) })],
      ]),
    ),
    patches: state.images,
    facts: {
      levels: channels.join('+'),
      shrinkage: state.levels.map(({ shrinkage }) => shrinkage.toPrecision(3)).join(', '),
    },
    async score({ images, maps }: FeatureBatch, options: CallOptions) {
      checkLevels(maps, channels);
      const image = new Float64Array(images);
      for (const [i, level] of splitLevels(globalAverage(maps, images), channels).entries()) {
        const distances = await mahalanobisDistances(level, gaussians[i]!, options);
        for (const [at, distance] of distances.entries()) image[at]! += distance;
      }
      return { image, patches: null };
    },
  };
}

/** The columns of each level as a matrix of their own. */
function splitLevels({ data, rows, cols }: Matrix, channels: readonly number[]): Matrix[] {
  let first = 0;
  return channels.map((count) => {
    const level = new Float32Array(rows * count);
    for (let i = 0; i < rows; i++)
      level.set(data.subarray(i * cols + first, i * cols + first + count), i * count);
    first += count;
    return { data: level, rows, cols: count };
  });
}

function checkLevels(maps: readonly FeatureMap[], channels: readonly number[]): void {
  if (maps.length === channels.length && maps.every((map, i) => map.channels === channels[i])) return;
  throw damaged(
    `the backbone gives levels of ${maps.map((map) => map.channels).join(', ')} channels, and ${channels.join(', ')} were learned from`,
  );
}
