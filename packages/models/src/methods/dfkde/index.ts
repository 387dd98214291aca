import {
  type CallOptions,
  fitKde,
  type GaussianKde,
  kdeLogDensity,
  type Matrix,
  type PcaResult,
  pca,
  project,
} from '@ad/core-native';
import { z } from 'zod';
import type { Tensor } from '../../artefact/index.js';
import type { FeatureBatch } from '../../pipeline/features.js';
import { withinBudget } from '../budget.js';
import { checkComponents } from '../components.js';
import { collectVectors } from '../image_vectors.js';
import { type FittedMethod, type Method, totalChannels } from '../method.js';
import { globalAverage } from '../pooling.js';
import { doublesOf, floatsOf, matrixOf, stateOf, tensorOf } from '../saved.js';
import { bringToScale, largestNorm } from './scaling.js';
import { type DFKDESettings, dfkdeOptions, dfkdeSettings } from './settings.js';

export type { DFKDESettings } from './settings.js';

const stateSchema = z.strictObject({
  images: z.int().positive(),
  /** What coordinates are divided by; null where each image has its own. */
  length: z.number().nullable(),
  logNorm: z.number(),
});

/** DFKDE: see this folder's README. */
export const dfkde: Method<DFKDESettings> = {
  name: 'dfkde',
  layers: 'deepest',
  options: dfkdeOptions,
  settings: dfkdeSettings,
  deterministic: true,
  oneScale: false,
  // n images span n - 1 dimensions.
  minImages: ({ components }) => components + 1,

  memory(plan, { components }, budget) {
    const cols = totalChannels(plan);
    checkComponents('DFKDE', components, plan.images, cols);
    // The rows, their centred copy, the smaller of their two products with its vectors, components and coordinates.
    const smaller = Math.min(plan.images, cols);
    const bytes = 4 * (2 * plan.images * cols + components * (cols + 3 * plan.images)) + 2 * 8 * smaller ** 2;
    return withinBudget('DFKDE', bytes, budget, 'Allow it more with --max-memory, or fit on fewer images.');
  },

  async fit(batches, settings, context) {
    const { plan, signal, threads, device, timing } = context;
    const call = { signal, threads, device };
    const rows = await collectVectors(batches, totalChannels(plan), context, pooled);
    const subspace = await timing.measure('pca', () => pca(rows, { keep: settings.components }, call));
    return timing.measure('density', async () => {
      const { coordinates } = await project(rows, subspace, call);
      const length = settings.scaling === 'scale' ? largestNorm(coordinates) : null;
      const density = await fitKde(bringToScale(coordinates, length), settings, call);
      return fitted(settings, { images: rows.rows, length }, subspace, density);
    });
  },

  async restore({ settings, state, tensors }) {
    const { logNorm, ...scale } = stateOf(stateSchema, state);
    const asked = dfkdeSettings(settings);
    const count = asked.components;
    const components = matrixOf(tensors, 'components', [count, null]);
    const subspace = { mean: floatsOf(tensors, 'mean', [components.cols]).data, components };
    const density = {
      points: matrixOf(tensors, 'points', [scale.images, count]),
      mean: doublesOf(tensors, 'density_mean', [count]).data,
      whitener: doublesOf(tensors, 'whitener', [count, count]).data,
      logNorm,
    };
    return fitted(asked, scale, subspace, density);
  },
};

type Subspace = Pick<PcaResult, 'mean' | 'components'>;

function pooled({ maps, images }: FeatureBatch): Matrix {
  return globalAverage(maps, images);
}

function fitted(
  settings: DFKDESettings,
  { images, length }: { images: number; length: number | null },
  subspace: Subspace,
  density: GaussianKde,
): FittedMethod {
  return {
    settings: { ...settings },
    state: { images, length, logNorm: density.logNorm },
    tensors: tensorsOf(subspace, density),
    patches: images,
    facts: { components: subspace.components.rows, dimension: subspace.components.cols },
    async score(batch: FeatureBatch, options: CallOptions) {
      const { coordinates } = await project(pooled(batch), subspace, options);
      const logDensity = await kdeLogDensity(bringToScale(coordinates, length), density, options);
      return { image: logDensity.map((value) => -value), patches: null };
    },
  };
}

function tensorsOf({ mean, components }: Subspace, density: GaussianKde): Record<string, Tensor> {
  const { cols } = density.points;
  return {
    mean: { data: mean, shape: [mean.length] },
    components: tensorOf(components),
    points: tensorOf(density.points),
    density_mean: { data: density.mean, shape: [cols] },
    whitener: { data: density.whitener, shape: [cols, cols] },
  };
}
