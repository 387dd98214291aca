import { AdError } from '@ad/core-native';

/** Up to so many of the smaller of images and values the core's `pca` is exact; beyond, it samples, and keeps fewer. */
const LARGEST_EXACT = 4096;
/** Directions that a sample has beyond its components. */
const OVERSAMPLING = 16;

/**
 * Refuses principal components that there cannot be, before the work.
 *
 * @param asked - how many, or below 1 a share of the variance
 * @param images - to learn from, each with so many `values`
 * @throws AdError E_ARGUMENT
 */
export function checkComponents(method: string, asked: number, images: number, values: number): void {
  const sampled = Math.min(images, values) > LARGEST_EXACT;
  const most = sampled ? LARGEST_EXACT - OVERSAMPLING : Math.min(images - 1, values);
  if (asked > most) {
    throw new AdError(
      'E_ARGUMENT',
      `${method} was asked for ${asked} principal components; ${images} images with ${values} feature values each have at most ${most}.`,
      sampled ? 'Ask for fewer.' : 'Ask for fewer, or give more images or more layers.',
    );
  }
}

/** Bytes that the core's `pca` holds beside rows, their centred copy and components. */
export function decompositionBytes(asked: number, images: number, values: number): number {
  const side = Math.min(images, values);
  // The smaller product and its vectors.
  if (side <= LARGEST_EXACT) return 2 * 8 * side ** 2;
  // Two samples of the values, one of the images, and their products.
  const sample = asked < 1 ? LARGEST_EXACT : asked + OVERSAMPLING;
  return 8 * sample * (2 * values + images) + 3 * 8 * sample ** 2;
}
