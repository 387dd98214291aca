import { join } from 'node:path';
import { foldersIn } from './files.js';
import { imagesAlone, noteLeftovers, refuseLeftovers } from './leftovers.js';
import { goodOf, goodWithMasks, withMasks } from './mvtec.js';
import { requiredImages } from './required_images.js';
import { type LayoutReader, split } from './sample.js';
import { GOOD_WORDS, oneNamed } from './words.js';

const LAYOUT = 'BTAD';

/** BTAD: `train/ok`, `test/{ok,ko}` (`good` is taken for `ok`), masks of the same stem in `ground_truth/ko`. */
export const readBtad: LayoutReader = async (root) => {
  if (!(await foldersIn(join(root, 'train'))).includes('ok')) return null;
  const train = goodOf(await requiredImages(root, ['train', 'ok'], LAYOUT));
  await refuseLeftovers(join(root, 'train'), { folders: ['ok'] }, LAYOUT);
  const ok = oneNamed(await foldersIn(join(root, 'test')), GOOD_WORDS, join(root, 'test')) ?? 'ok';
  const masks = (kind: string) => join(root, 'ground_truth', kind);
  const good = await goodWithMasks(await imagesAlone(join(root, 'test', ok), LAYOUT), ok, masks(ok), LAYOUT);
  const bad = await requiredImages(root, ['test', 'ko'], LAYOUT);
  const defective = await withMasks(bad, 'ko', masks('ko'), LAYOUT);
  for (const part of ['test', 'ground_truth'])
    await refuseLeftovers(join(root, part), { folders: [ok, 'ko'] }, LAYOUT);
  const notes = await noteLeftovers(root, { folders: ['train', 'test', 'ground_truth'] });
  return split({ train, test: [...good, ...defective], notes });
};
