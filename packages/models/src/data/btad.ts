import { join } from 'node:path';
import { requiredImages } from './faults.js';
import { foldersIn, imagesIn } from './files.js';
import { goodOf, withMasks } from './mvtec.js';
import { type LayoutReader, split } from './sample.js';

/** BTAD: `train/ok`, `test/{ok,ko}`, masks of the same stem in `ground_truth/ko`. */
export const readBtad: LayoutReader = async (root) => {
  if (!(await foldersIn(join(root, 'train'))).includes('ok')) return null;
  const train = goodOf(await requiredImages(root, ['train', 'ok'], 'BTAD'));
  const good = goodOf(await imagesIn(join(root, 'test', 'ok')));
  const bad = await requiredImages(root, ['test', 'ko'], 'BTAD');
  const defective = await withMasks(bad, 'ko', join(root, 'ground_truth', 'ko'));
  return split({ train, test: [...good, ...defective] });
};
