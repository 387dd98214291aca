import { join, parse } from 'node:path';
import { AdError } from '@ad/core-native';
import { foldersIn, imagesIn, naturally } from './files.js';
import { type LayoutReader, type Sample, sample } from './sample.js';

/** MVTec AD: `train/good`, `test/<good|defect>`, `ground_truth/<defect>/<stem>_mask.png`; `test` may be missing. */
export const readMvtec: LayoutReader = async (root) => {
  const top = await foldersIn(root);
  if (!top.includes('train')) return null;
  const kinds = await foldersIn(join(root, 'train'));
  if (!kinds.includes('good')) {
    throw new AdError(
      'E_DATASET',
      `${join(root, 'train')} has no folder 'good'; it has ${kinds.length > 0 ? kinds.join(', ') : 'no folders'}.`,
      'In the MVTec layout the good images lie in train/good.',
    );
  }
  const train = (await imagesIn(join(root, 'train', 'good'))).map((path) => sample(path, 'good'));
  const test: Sample[] = [];
  for (const kind of await foldersIn(join(root, 'test'))) {
    const images = await imagesIn(join(root, 'test', kind));
    if (kind === 'good') test.push(...images.map((path) => sample(path, 'good')));
    else test.push(...(await defects(root, kind, images)));
  }
  return { train, test };
};

async function defects(root: string, kind: string, images: string[]): Promise<Sample[]> {
  const masks = await imagesIn(join(root, 'ground_truth', kind));
  const byStem = new Map(masks.map((path) => [parse(path).name.replace(/_mask$/, ''), path]));
  return images
    .sort(naturally)
    .map((path) => ({ ...sample(path, 'defect', kind), mask: byStem.get(parse(path).name) ?? null }));
}
