import type { FeatureMap, Matrix } from '@ad/core-native';
import type { FeatureBatch } from '../../pipeline/features.js';
import type { LayerShape } from '../method.js';
import { averagePool, pooledGrid } from '../pooling.js';

/** The shapes that pooling leaves of layers. */
export function pooledShapes(layers: readonly LayerShape[], pool: number): LayerShape[] {
  return layers.map((layer) => ({ channels: layer.channels, ...pooledGrid(layer, pool) }));
}

/** Values of an image in all of these layers. */
export function flatLength(shapes: readonly LayerShape[]): number {
  return shapes.reduce((sum, { channels, height, width }) => sum + channels * height * width, 0);
}

/** One row per image: its pooled layers flattened, one after another. */
export function flatten({ images, maps }: FeatureBatch, pool: number): Matrix {
  const pooled = maps.map((map) => averagePool(map, images, pool));
  const cols = flatLength(pooled);
  const data = new Float32Array(images * cols);
  let column = 0;
  for (const map of pooled) {
    const length = flatLength([map]);
    for (let i = 0; i < images; i++) data.set(imageOf(map, i, length), i * cols + column);
    column += length;
  }
  return { data, rows: images, cols };
}

function imageOf({ data }: FeatureMap, image: number, length: number): Float32Array {
  return data.subarray(image * length, (image + 1) * length);
}
