import { join } from 'node:path';
import { requiredImages } from './faults.js';
import { foldersIn, imagesIn } from './files.js';
import { goodOf, withMasks } from './mvtec.js';
import { type LayoutReader, split } from './sample.js';

/**
 * MVTec AD 2: `train/good`, `validation/good`, `test_public/{good,bad}`, `test_public/ground_truth/bad/<stem>_mask.png`.
 * The images of `test_private` and `test_private_mixed` have no public labels and are not taken.
 */
export const readMvtecAd2: LayoutReader = async (root) => {
  const top = await foldersIn(root);
  if (!top.includes('test_public')) return null;
  const images = (...parts: string[]) => requiredImages(root, parts, 'MVTec AD 2');
  const train = goodOf(await images('train', 'good'));
  const validation = goodOf(await images('validation', 'good'));
  const good = goodOf(await images('test_public', 'good'));
  const masks = join(root, 'test_public', 'ground_truth', 'bad');
  const bad = await withMasks(await images('test_public', 'bad'), 'bad', masks);
  const hidden = [];
  for (const folder of top.filter((name) => name.startsWith('test_private'))) {
    hidden.push(...(await imagesIn(join(root, folder))));
  }
  const notes = hidden.length > 0 ? [`${hidden.length} private test images have no labels: left out.`] : [];
  return split({ train, validation, test: [...good, ...bad], notes });
};
