import { createHash } from 'node:crypto';
import { decodeImage } from '../../image/index.js';
import type { Examined } from './examine.js';

/**
 * Gives files with the same pixels the same `picture`: a copy that was saved anew without loss is a copy. Only images that
 * look alike when they are small are decoded whole, one after the other.
 */
export async function unitePictures(
  images: readonly Examined[],
  signal?: AbortSignal | undefined,
): Promise<void> {
  const alike = new Map<string, Examined[]>();
  for (const image of images) {
    if (image.look !== null) alike.set(image.look, [...(alike.get(image.look) ?? []), image]);
  }
  for (const group of alike.values()) {
    if (new Set(group.map(({ picture }) => picture)).size === 1) continue;
    for (const image of group) {
      signal?.throwIfAborted();
      const { data } = await decodeImage(image.path);
      image.picture = createHash('sha256').update(data).digest('hex');
    }
  }
}
