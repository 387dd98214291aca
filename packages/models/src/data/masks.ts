import { dirname, parse } from 'node:path';
import { isBlankMask } from '../image/index.js';
import { mapOrdered } from '../pipeline/map_ordered.js';
import { almost, named } from './faults.js';

const MASKS_AT_ONCE = 4;

/**
 * The masks of some images, by the image's path. A mask that no image takes is refused: it says that an image is missing,
 * or has another name, and pixel metrics would leave that one out.
 *
 * @param suffix - what a mask's stem has and its image's has not
 * @param expected - how a mask is named, for the message
 * @throws AdError E_DATASET, naming masks without an image, and second ones of an image
 */
export function masksOf(
  images: readonly string[],
  masks: readonly string[],
  suffix: RegExp,
  expected: string,
): Map<string, string> {
  const byStem = new Map<string, string[]>();
  for (const path of images) {
    const { name } = parse(path);
    byStem.set(name, [...(byStem.get(name) ?? []), path]);
  }
  const found = new Map<string, string>();
  const left: string[] = [];
  for (const mask of masks) {
    const [image, ...others] = byStem.get(parse(mask).name.replace(suffix, '')) ?? [];
    if (others.length > 0) {
      throw almost(
        `${mask} is the mask of ${others.length + 1} images: ${named([image!, ...others])}`,
        'Give the images of a folder stems of their own, or remove the copy.',
      );
    }
    if (image === undefined || found.has(image)) left.push(mask);
    else found.set(image, mask);
  }
  if (left.length === 0) return found;
  throw almost(
    `${dirname(left[0]!)} has masks that no image takes: ${named(left.map((path) => parse(path).base))}`,
    `Expected one mask of an image, ${expected}: rename it, restore its image or remove it.`,
  );
}

/** Which of some masks mark nothing. */
export async function blankOf(masks: readonly string[]): Promise<Set<string>> {
  const blank = new Set<string>();
  const read = async (path: string) => ({ path, nothing: await isBlankMask(path) });
  for await (const { path, nothing } of mapOrdered(masks, read, MASKS_AT_ONCE)) if (nothing) blank.add(path);
  return blank;
}
