import { type CallOptions, type Matrix, NearestIndex, patchEmbed } from '@ad/core-native';
import { z } from 'zod';
import { BATCH_IMAGES, type FeatureBatch } from '../../pipeline/features.js';
import { withinBudget } from '../budget.js';
import {
  type FitContext,
  type FittedMethod,
  type Method,
  type PatchScores,
  patchesPerImage,
  totalChannels,
} from '../method.js';
import { globalAverage } from '../pooling.js';
import { allocateRows, rowsOf } from '../rows.js';
import { damaged, matrixOf, stateOf, tensorOf } from '../saved.js';
import { Galleries } from './gallery.js';
import { type SpadeSettings, spadeOptions, spadeSettings } from './settings.js';

export type { SpadeSettings } from './settings.js';

const stateSchema = z.strictObject({ images: z.int().positive() });

/** SPADE (Cohen, Hoshen 2020, arXiv:2005.02357): see this folder's README. */
export const spade: Method<SpadeSettings> = {
  name: 'spade',
  layers: [4, 8, 16],
  options: spadeOptions,
  settings: spadeSettings,
  deterministic: true,
  oneScale: false,
  minImages: () => 1,

  memory(plan, { galleryImages }, budget) {
    const perImage = patchesPerImage(plan) * totalChannels(plan);
    // A gallery of all images is searched where it lies.
    const copied = galleryImages < plan.images ? galleryImages * perImage : 0;
    const indexed = Math.min(galleryImages, plan.images) * perImage;
    const bytes = 4 * (plan.images + BATCH_IMAGES) * perImage + 4 * copied + INDEX_BYTES * indexed;
    return withinBudget('SPADE', bytes, budget, `Allow it more with --max-memory, or ${TOO_LITTLE}`);
  },

  async fit(batches, settings, context) {
    const { patches, vectors } = await learn(batches, context);
    const { signal, threads, device, timing } = context;
    return timing.measure('index', () => fitted(settings, patches, vectors, { signal, threads, device }));
  },

  async restore({ settings, tensors, state }, options = {}) {
    const { images } = stateOf(stateSchema, state);
    const vectors = matrixOf(tensors, 'images', [images, null]);
    const patches = matrixOf(tensors, 'patches', [null, null]);
    if (patches.rows === 0 || patches.rows % images !== 0) {
      throw damaged(`it has ${patches.rows} patches of ${images} images`);
    }
    return fitted(spadeSettings(settings), patches, vectors, options);
  },
};

const TOO_LITTLE = 'name fewer --layers, use a smaller --crop, or fit on fewer images.';

/** Of an index per value: all of it in bytes, and a head of as many again at most. */
const INDEX_BYTES = 2;

/** All patches, and the deepest layer's mean of each image. */
interface Learned {
  patches: Matrix;
  vectors: Matrix;
}

async function learn(
  batches: AsyncIterable<FeatureBatch>,
  { plan, signal, threads, device, timing, onProgress }: FitContext,
): Promise<Learned> {
  const perImage = patchesPerImage(plan);
  const patches = allocateRows(plan.images * perImage, totalChannels(plan), TOO_LITTLE);
  const vectors = allocateRows(plan.images, plan.layers.at(-1)!.channels, TOO_LITTLE);
  let seen = 0;
  for await (const batch of batches) {
    const into = { matrix: patches, row: seen * perImage };
    await timing.measure('embed', () => embed(batch, { signal, threads, device }, into));
    vectors.data.set(imageVectors(batch).data, seen * vectors.cols);
    seen += batch.images;
    onProgress?.({ stage: 'features', share: seen / plan.images });
  }
  return { patches: rowsOf(patches, 0, seen * perImage), vectors: rowsOf(vectors, 0, seen) };
}

async function fitted(
  settings: SpadeSettings,
  patches: Matrix,
  vectors: Matrix,
  options: CallOptions,
): Promise<FittedMethod> {
  const byImage = await NearestIndex.build(vectors, options);
  const galleries = new Galleries(patches, patches.rows / vectors.rows);
  return {
    settings: { ...settings },
    state: { images: vectors.rows },
    tensors: { patches: tensorOf(patches), images: tensorOf(vectors) },
    patches: patches.rows,
    facts: { images: vectors.rows, patches: patches.rows, dimension: patches.cols },
    async score(batch: FeatureBatch, call: CallOptions) {
      const queries = await embed(batch, call);
      checkColumns(queries, patches);
      const nearest = await nearestImages(byImage, imageVectors(batch), settings.galleryImages, call);
      const maps = await comparePatches(galleries, nearest.images, queries, settings.patchNeighbours, call);
      const { height, width } = batch.maps[0]!;
      const patchScores: PatchScores = { data: maps, height, width };
      return { image: nearest.scores, patches: patchScores };
    },
  };
}

/** The K nearest training images of each, ascending, and the mean of their squared distances. */
async function nearestImages(
  index: NearestIndex,
  vectors: Matrix,
  count: number,
  options: CallOptions,
): Promise<{ images: number[][]; scores: Float64Array }> {
  const k = Math.min(count, index.rows);
  const { indices, distances } = await index.search(vectors, k, options);
  const of = <T>(i: number, values: { subarray(begin: number, end: number): T }) =>
    values.subarray(i * k, (i + 1) * k);
  return {
    images: Array.from({ length: vectors.rows }, (_, i) => [...of(i, indices)].sort((a, b) => a - b)),
    scores: Float64Array.from({ length: vectors.rows }, (_, i) => meanSquare(of(i, distances))),
  };
}

/** Mean squared distance of each patch to its nearest ones in its image's gallery. */
async function comparePatches(
  galleries: Galleries,
  images: readonly number[][],
  queries: Matrix,
  neighbours: number,
  options: CallOptions,
): Promise<Float32Array> {
  const perImage = queries.rows / images.length;
  const scores = new Float32Array(queries.rows);
  for (const [i, gallery] of images.entries()) {
    const own = rowsOf(queries, i * perImage, perImage);
    const { distances, k } = await galleries.search(gallery, own, neighbours, options);
    for (let p = 0; p < perImage; p++) {
      scores[i * perImage + p] = meanSquare(distances.subarray(p * k, (p + 1) * k));
    }
  }
  return scores;
}

function meanSquare(distances: Float32Array): number {
  return distances.reduce((sum, distance) => sum + distance ** 2, 0) / distances.length;
}

/** Patches of all layers, the coarser ones brought to the finest grid bilinearly. */
function embed(
  { images, maps }: FeatureBatch,
  options: CallOptions,
  into?: { matrix: Matrix; row: number },
): Promise<Matrix> {
  return patchEmbed(maps, { images, patchSize: 1, into }, options);
}

function imageVectors({ images, maps }: FeatureBatch): Matrix {
  return globalAverage(maps.slice(-1), images);
}

function checkColumns(queries: Matrix, patches: Matrix): void {
  if (queries.cols === patches.cols) return;
  throw damaged(`the backbone gives ${queries.cols} channels, and ${patches.cols} were learned from`);
}
