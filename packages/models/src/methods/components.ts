import { AdError } from '@ad/core-native';

/** What the core's `pca` can take of the smaller of images and values. */
const LARGEST = 4096;

/**
 * Refuses principal components that there cannot be, before the work.
 *
 * @param asked - how many, or below 1 a share of the variance
 * @param images - to learn from, each with so many `values`
 * @throws AdError E_ARGUMENT
 */
export function checkComponents(method: string, asked: number, images: number, values: number): void {
  const most = Math.min(images - 1, values);
  if (asked > most) {
    throw new AdError(
      'E_ARGUMENT',
      `${method} was asked for ${asked} principal components; ${images} images with ${values} feature values each have at most ${most}.`,
      'Ask for fewer, or give more images or more layers.',
    );
  }
  if (Math.min(images, values) > LARGEST) {
    throw new AdError(
      'E_ARGUMENT',
      `${method} cannot learn from ${images} images with ${values} feature values each: the smaller of the two may be ${LARGEST}.`,
      'Fit on fewer images, or on fewer feature values (fewer layers; a larger --pool).',
    );
  }
}
