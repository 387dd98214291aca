import { join, parse } from 'node:path';
import { almost, named, requiredImages } from './faults.js';
import { foldersIn, imagesIn } from './files.js';
import { type LayoutReader, type Sample, sample, split } from './sample.js';

/**
 * MVTec AD and MPDD: `train/good`, `test/<good|defect>`, `ground_truth/<defect>/<stem>_mask.png`; `test` and
 * `validation/good` may be missing.
 */
export const readMvtec: LayoutReader = async (root) => {
  const top = await foldersIn(root);
  const testOnly = ['test', 'ground_truth'].every((name) => top.includes(name));
  if (!top.includes('train') && !testOnly) return null;
  const train = goodOf(await requiredImages(root, ['train', 'good'], 'MVTec'));
  const validation = goodOf(await imagesIn(join(root, 'validation', 'good')));
  const kinds = await foldersIn(join(root, 'test'));
  if (top.includes('test') && kinds.length === 0) {
    const loose = (await imagesIn(join(root, 'test'))).length;
    throw almost(
      `${join(root, 'test')} has no folders${loose > 0 ? `, but ${loose} images of which nothing is known` : ''}`,
      'In the MVTec layout test images lie in test/good and test/<defect>.',
    );
  }
  const test: Sample[] = [];
  for (const kind of kinds) {
    const images = await imagesIn(join(root, 'test', kind));
    if (kind === 'good') test.push(...goodOf(images));
    else test.push(...(await withMasks(images, kind, join(root, 'ground_truth', kind))));
  }
  const unknown = (await foldersIn(join(root, 'ground_truth'))).filter((kind) => !kinds.includes(kind));
  if (unknown.length > 0) {
    throw almost(
      `${join(root, 'ground_truth')} has masks of ${named(unknown)}, but ${join(root, 'test')} has ${named(kinds, 'no folders')}`,
      'In the MVTec layout the folders of ground_truth are named as those of test.',
    );
  }
  return split({ train, validation, test });
};

/** Good samples. */
export function goodOf(images: readonly string[]): Sample[] {
  return images.map((path) => sample(path, 'good'));
}

/** Defective samples with their masks `<stem>_mask` or `<stem>`; one without a mask has none. */
export async function withMasks(images: readonly string[], kind: string, folder: string): Promise<Sample[]> {
  const masks = await imagesIn(folder);
  const byStem = new Map(masks.map((path) => [parse(path).name.replace(/_mask$/, ''), path]));
  return images.map((path) => ({
    ...sample(path, 'defect', kind),
    mask: byStem.get(parse(path).name) ?? null,
  }));
}
