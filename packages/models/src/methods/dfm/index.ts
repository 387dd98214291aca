import { AdError, type CallOptions, type Matrix, pca, project } from '@ad/core-native';
import { z } from 'zod';
import type { FeatureBatch } from '../../pipeline/features.js';
import { withinBudget } from '../budget.js';
import { checkComponents } from '../components.js';
import { collectVectors } from '../image_vectors.js';
import type { FittedMethod, LayerShape, Method } from '../method.js';
import { doublesOf, floatsOf, matrixOf, stateOf, tensorOf } from '../saved.js';
import { errorMap } from './error_map.js';
import { flatLength, flatten, pooledShapes } from './flatten.js';
import { gaussianNll } from './gaussian_nll.js';
import { type DFMSettings, dfmOptions, dfmSettings } from './settings.js';

export type { DFMSettings } from './settings.js';

const layerSchema = z.strictObject({
  channels: z.int().positive(),
  height: z.int().positive(),
  width: z.int().positive(),
});

const stateSchema = z.strictObject({
  images: z.int().positive(),
  /** Of the feature maps, before pooling. */
  layers: z.array(layerSchema).min(1),
  /** Share of the variance that the components keep. */
  variance: z.number(),
});

type State = z.infer<typeof stateSchema>;

/** DFM (Ahuja et al. 2019, arXiv:1909.11786): see this folder's README. */
export const dfm: Method<DFMSettings> = {
  name: 'dfm',
  layers: [16],
  options: dfmOptions,
  settings: dfmSettings,
  deterministic: true,
  oneScale: false,
  // n images span n - 1 dimensions.
  minImages: ({ keep }) => Math.max(1, keep) + 1,

  memory({ images, layers }, { pool, keep }, budget) {
    const cols = flatLength(pooledShapes(layers, pool));
    checkComponents('DFM', keep, images, cols);
    // The rows, their centred copy, at most as many components, and the smaller Gram matrix with its vectors.
    const bytes = 3 * 4 * images * cols + 2 * 8 * Math.min(images, cols) ** 2;
    return withinBudget(
      'DFM',
      bytes,
      budget,
      'Allow it more with --max-memory, raise --pool, or fit on fewer images.',
    );
  },

  async fit(batches, settings, context) {
    const { layers } = context.plan;
    const { signal, threads, device, timing } = context;
    const cols = flatLength(pooledShapes(layers, settings.pool));
    const rows = await collectVectors(batches, cols, context, (batch) => flatten(batch, settings.pool));
    const { mean, components, singularValues, totalVariance } = await timing.measure('pca', () =>
      pca(rows, { keep: settings.keep }, { signal, threads, device }),
    );
    const deviations = singularValues.map((value) => value / Math.sqrt(rows.rows));
    const kept = singularValues.reduce((sum, value) => sum + value ** 2, 0);
    const state = {
      images: rows.rows,
      layers: [...layers],
      variance: kept / totalVariance,
    };
    return fitted(settings, state, { mean, components, deviations });
  },

  async restore({ settings, state, tensors }) {
    const asked = dfmSettings(settings);
    const learned = stateOf(stateSchema, state);
    const cols = flatLength(pooledShapes(learned.layers, asked.pool));
    const components = matrixOf(tensors, 'components', [null, cols]);
    const subspace = {
      mean: floatsOf(tensors, 'mean', [cols]).data,
      components,
      deviations: doublesOf(tensors, 'deviations', [components.rows]).data,
    };
    return fitted(asked, learned, subspace);
  },
};

/** The principal components and what they start from. */
interface Subspace {
  mean: Float32Array;
  components: Matrix;
  /** Of the training images along each component: singular values / sqrt(images). */
  deviations: Float64Array;
}

function fitted(settings: DFMSettings, state: State, subspace: Subspace): FittedMethod {
  const { mean, components, deviations } = subspace;
  const pooled = pooledShapes(state.layers, settings.pool);
  return {
    settings: { ...settings },
    state: { ...state },
    tensors: {
      mean: { data: mean, shape: [mean.length] },
      components: tensorOf(components),
      deviations: { data: deviations, shape: [deviations.length] },
    },
    patches: state.images,
    facts: { components: components.rows, dimension: components.cols, variance: state.variance },
    async score(batch: FeatureBatch, options: CallOptions) {
      checkLayers(batch.maps, state.layers);
      const rows = flatten(batch, settings.pool);
      const { coordinates, residual } = await project(rows, subspace, options);
      if (settings.score === 'nll') return { image: gaussianNll(coordinates, deviations), patches: null };
      return {
        image: squaredNorms(residual),
        patches: errorMap(residual, state.layers, pooled, settings.pool),
      };
    },
  };
}

function squaredNorms({ data, rows, cols }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let at = i * cols; at < (i + 1) * cols; at++) sum += data[at]! ** 2;
    return sum;
  });
}

function checkLayers(maps: readonly LayerShape[], learned: readonly LayerShape[]): void {
  const text = (layers: readonly LayerShape[]) =>
    layers.map(({ channels, height, width }) => `${channels} x ${height} x ${width}`).join(', ');
  if (text(maps) === text(learned)) return;
  throw new AdError(
    'E_IMAGE',
    `The image gives feature maps of ${text(maps)}; the model has learned from ${text(learned)}.`,
    'Give images of the shape that the model was fitted on, or fit with --crop SIZE, --resize stretch or --resize pad.',
  );
}
