import { basename, join } from 'node:path';
import { almost, named } from './faults.js';
import { foldersIn, imagesIn } from './files.js';
import { imagesAlone, noteLeftovers, refuseLeftovers } from './leftovers.js';
import { blankOf, masksOf } from './masks.js';
import { requiredImages } from './required_images.js';
import { type LayoutReader, type Sample, sample, split } from './sample.js';
import { GOOD_WORDS, oneNamed } from './words.js';

/**
 * MVTec AD and MPDD: `train/good`, `test/<good|defect>`, `ground_truth/<defect>/<stem>_mask.png`; `test` and
 * `validation/good` may be missing.
 */
export const readMvtec: LayoutReader = async (root) => {
  const top = await foldersIn(root);
  const testOnly = ['test', 'ground_truth'].every((name) => top.includes(name));
  if (!top.includes('train') && !testOnly) return null;
  const train = goodOf(await requiredImages(root, ['train', 'good'], 'MVTec'));
  await refuseLeftovers(join(root, 'train'), { folders: ['good'] }, 'MVTec');
  const validation = goodOf(await imagesAlone(join(root, 'validation', 'good'), 'MVTec'));
  const kinds = await foldersIn(join(root, 'test'));
  if (top.includes('test') && kinds.length === 0) {
    const loose = (await imagesIn(join(root, 'test'))).length;
    throw almost(
      `${join(root, 'test')} has no folders${loose > 0 ? `, but ${loose} images of which nothing is known` : ''}`,
      'In the MVTec layout test images lie in test/good and test/<defect>.',
    );
  }
  await refuseLeftovers(join(root, 'test'), { folders: kinds }, 'MVTec');
  const good = oneNamed(kinds, GOOD_WORDS, join(root, 'test'));
  const test: Sample[] = [];
  for (const kind of kinds) {
    const images = await imagesAlone(join(root, 'test', kind), 'MVTec');
    const masks = join(root, 'ground_truth', kind);
    test.push(...(await (kind === good ? goodWithMasks : withMasks)(images, kind, masks, 'MVTec')));
  }
  const unknown = (await foldersIn(join(root, 'ground_truth'))).filter((kind) => !kinds.includes(kind));
  if (unknown.length > 0) {
    throw almost(
      `${join(root, 'ground_truth')} has masks of ${named(unknown)}, but ${join(root, 'test')} has ${named(kinds, 'no folders')}`,
      'In the MVTec layout the folders of ground_truth are named as those of test.',
    );
  }
  await refuseLeftovers(join(root, 'ground_truth'), { folders: kinds }, 'MVTec');
  const notes = [
    ...(await noteLeftovers(root, { folders: ['train', 'validation', 'test', 'ground_truth'] })),
    ...(await noteLeftovers(join(root, 'validation'), { folders: ['good'] })),
  ];
  return split({ train, validation, test, notes });
};

/** Good samples. */
export function goodOf(images: readonly string[]): Sample[] {
  return images.map((path) => sample(path, 'good'));
}

/** Defective samples with their masks `<stem>_mask` or `<stem>`; one without a mask has none. */
export async function withMasks(
  images: readonly string[],
  kind: string,
  folder: string,
  layout: string,
): Promise<Sample[]> {
  const masks = await masksIn(images, folder, layout);
  return images.map((path) => ({ ...sample(path, 'defect', kind), mask: masks.get(path) ?? null }));
}

/** Good samples, of which some data sets have masks too: they must mark nothing. */
export async function goodWithMasks(
  images: readonly string[],
  kind: string,
  folder: string,
  layout: string,
): Promise<Sample[]> {
  const masks = await masksIn(images, folder, layout);
  const blank = await blankOf([...masks.values()]);
  const marked = [...masks].filter(([, mask]) => !blank.has(mask));
  if (marked.length === 0) return goodOf(images);
  throw almost(
    `${folder} has masks that mark something of images that lie in ${kind}: ${named(marked.map(([, mask]) => basename(mask)))}`,
    'Move the images to a kind of defect, or remove their masks.',
  );
}

async function masksIn(images: readonly string[], folder: string, layout: string) {
  const masks = await imagesAlone(folder, layout);
  return masksOf(images, masks, /_mask$/i, '<stem>_mask or <stem>');
}
