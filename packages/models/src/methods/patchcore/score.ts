import { type CallOptions, type Matrix, type NearestIndex, patchEmbed } from '@ad/core-native';
import type { FeatureBatch } from '../../pipeline/features.js';
import { patchesPerImage, type Scores, totalChannels } from '../method.js';
import type { Scratch } from '../scratch.js';
import type { PatchCoreSettings } from './settings.js';

/** A bank that is ready to be searched. */
export interface SearchableBank {
  bank: Matrix;
  index: NearestIndex;
  scales: number[];
  /** For the patches of a batch. */
  scratch: Scratch;
}

/** The patch with the largest distance to the bank: p*, its nearest row m*, and s* = |p* - m*| (paper eq. 6). */
interface Worst {
  patch: number;
  bankRow: number;
  distance: number;
}

/** Distance of each patch to its nearest bank row, and the weighted maximum as the image score. */
export function scorePatches(
  searchable: SearchableBank,
  settings: PatchCoreSettings,
  { images, maps }: FeatureBatch,
  options: CallOptions,
): Promise<Scores> {
  const { scales, scratch } = searchable;
  const layers = { layers: maps };
  const rows = images * patchesPerImage(layers);
  const cols = totalChannels(layers);
  const scaled = maps.map((map, i) => ({ ...map, scale: scales[i]! }));
  return scratch.lend(rows * cols, async (data) => {
    const into = { matrix: { data, rows, cols }, row: 0 };
    const patches = await patchEmbed(scaled, { images, patchSize: settings.patchSize, into }, options);
    return scoreEmbedded(searchable, settings, patches, images, maps[0]!, options);
  });
}

async function scoreEmbedded(
  { bank, index }: SearchableBank,
  settings: PatchCoreSettings,
  patches: Matrix,
  images: number,
  { height, width }: FeatureBatch['maps'][0],
  options: CallOptions,
): Promise<Scores> {
  const nearest = await index.search(patches, 1, options);
  const worst = Array.from({ length: images }, (_, i) =>
    worstPatch(nearest.distances, nearest.indices, i * height * width, (i + 1) * height * width),
  );
  const b = Math.min(settings.neighbours, bank.rows);
  const weights = b > 1 ? await reweight(bank, index, patches, worst, b, options) : worst.map(() => 1);
  const image = Float64Array.from(worst, ({ distance }, i) => weights[i]! * distance);
  return { image, patches: { data: nearest.distances, height, width } };
}

function worstPatch(distances: Float32Array, indices: Uint32Array, begin: number, end: number): Worst {
  let patch = begin;
  for (let i = begin + 1; i < end; i++) if (distances[i]! > distances[patch]!) patch = i;
  return { patch, bankRow: indices[patch]!, distance: distances[patch]! };
}

/**
 * Equation 7: w = 1 - exp|p* - m*| / sum of exp|p* - m| over the b bank rows m nearest to m*, itself among them. The
 * weight is small where m* is crowded by rows that are as near to p*: then p* is odd only by chance.
 */
async function reweight(
  bank: Matrix,
  index: NearestIndex,
  patches: Matrix,
  worst: Worst[],
  b: number,
  options: CallOptions,
): Promise<number[]> {
  const { cols } = bank;
  const row = (matrix: Matrix, i: number) => matrix.data.subarray(i * cols, (i + 1) * cols);
  const centres: Matrix = { data: new Float32Array(worst.length * cols), rows: worst.length, cols };
  worst.forEach(({ bankRow }, i) => {
    centres.data.set(row(bank, bankRow), i * cols);
  });
  const around = await index.search(centres, b, options);
  return worst.map(({ patch, distance }, i) => {
    // Relative to s*, the numerator is exp(0): no exponent can overflow to infinity over infinity.
    let total = 0;
    for (const neighbour of around.indices.subarray(i * b, (i + 1) * b)) {
      total += Math.exp(euclidean(row(patches, patch), row(bank, neighbour)) - distance);
    }
    return 1 - 1 / total;
  });
}

function euclidean(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}
