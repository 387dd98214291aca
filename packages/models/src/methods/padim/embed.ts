import { AdError, type CallOptions, type FeatureMap, type Matrix, patchEmbed } from '@ad/core-native';
import type { FeatureBatch } from '../../pipeline/features.js';
import { damaged } from '../saved.js';

/** What turns feature maps into PaDiM's embeddings. */
export interface Embedding {
  /**
   * Chosen among the channels of all layers together, in the order of the embedding: the first `rank` ascending, then the
   * others ascending.
   */
  channels: readonly number[];
  rank: number;
  /** The finest grid among layers with chosen channels; each position has a Gaussian of its own. */
  height: number;
  width: number;
}

/**
 * One row per position: the chosen channels of all layers, deeper ones brought to the finest grid by the nearest cell
 * (paper, section 3.1).
 *
 * @param into - a larger matrix and the row to write from, instead of a new one
 * @throws AdError E_IMAGE where an image gives another grid than those that were learned from
 */
export function embed(
  { channels, rank, height, width }: Embedding,
  { images, maps }: FeatureBatch,
  options: CallOptions,
  into?: { matrix: Matrix; row: number },
): Promise<Matrix> {
  const chosen = [channels.slice(0, rank), channels.slice(rank)]
    .flatMap((group) => chosenLayers(maps, group))
    .map(({ layer, own }) => withChannels(layer, images, own));
  const found = chosen.reduce((sum, map) => sum + map.channels, 0);
  if (found < channels.length) {
    throw damaged(`it needs ${channels.length} channels of the backbone, which has only ${found} of them`);
  }
  const [finest] = chosen as [FeatureMap];
  if (finest.height !== height || finest.width !== width) {
    throw new AdError(
      'E_IMAGE',
      `The image gives a grid of ${finest.width} x ${finest.height}; the model has learned one of ${width} x ${height}.`,
      'Give images of the shape that the model was fitted on, or fit with --crop SIZE, --resize stretch or --resize pad.',
    );
  }
  return patchEmbed(chosen, { images, patchSize: 1, interpolation: 'nearest', into }, options);
}

/**
 * Chosen channels in the order of an embedding: the first `rank` are spread evenly over all, so that each layer gives its
 * share of them, and the finest, whose grid it is, at least one.
 *
 * @param ascending - the chosen channels
 */
export function inOrder(ascending: readonly number[], rank: number): number[] {
  const first = new Set(
    Array.from({ length: rank }, (_, i) => ascending[Math.floor((i * ascending.length) / rank)]!),
  );
  return [...first, ...ascending.filter((channel) => !first.has(channel))];
}

/** Which of its channels each layer gives, and the layers that give any. */
export function chosenLayers<Layer extends { channels: number }>(
  layers: readonly Layer[],
  channels: readonly number[],
): { layer: Layer; own: number[] }[] {
  let first = 0;
  return layers.flatMap((layer) => {
    const own = channels.filter((c) => c >= first && c < first + layer.channels).map((c) => c - first);
    first += layer.channels;
    return own.length === 0 ? [] : [{ layer, own }];
  });
}

function withChannels(map: FeatureMap, images: number, channels: readonly number[]): FeatureMap {
  const cells = map.height * map.width;
  const data = new Float32Array(images * channels.length * cells);
  let to = 0;
  for (let i = 0; i < images; i++) {
    for (const channel of channels) {
      const from = (i * map.channels + channel) * cells;
      data.set(map.data.subarray(from, from + cells), to);
      to += cells;
    }
  }
  return { ...map, data, channels: channels.length };
}
