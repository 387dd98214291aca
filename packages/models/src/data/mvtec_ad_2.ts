import { join } from 'node:path';
import { foldersIn, imagesIn } from './files.js';
import { noteLeftovers, refuseLeftovers } from './leftovers.js';
import { goodOf, goodWithMasks, withMasks } from './mvtec.js';
import { requiredImages } from './required_images.js';
import { type LayoutReader, split } from './sample.js';

const LAYOUT = 'MVTec AD 2';

/**
 * MVTec AD 2: `train/good`, `validation/good`, `test_public/{good,bad}`, `test_public/ground_truth/bad/<stem>_mask.png`.
 * The images of `test_private` and `test_private_mixed` have no public labels and are not taken.
 */
export const readMvtecAd2: LayoutReader = async (root) => {
  const top = await foldersIn(root);
  if (!top.includes('test_public')) return null;
  const images = (...parts: string[]) => requiredImages(root, parts, LAYOUT);
  const train = goodOf(await images('train', 'good'));
  const validation = goodOf(await images('validation', 'good'));
  const masks = (kind: string) => join(root, 'test_public', 'ground_truth', kind);
  const good = await goodWithMasks(await images('test_public', 'good'), 'good', masks('good'), LAYOUT);
  const bad = await withMasks(await images('test_public', 'bad'), 'bad', masks('bad'), LAYOUT);
  const known = {
    train: ['good'],
    validation: ['good'],
    test_public: ['good', 'bad', 'ground_truth'],
    'test_public/ground_truth': ['good', 'bad'],
  };
  for (const [part, folders] of Object.entries(known))
    await refuseLeftovers(join(root, part), { folders }, LAYOUT);
  const hidden = [];
  const secret = top.filter((name) => name.startsWith('test_private'));
  for (const folder of secret) hidden.push(...(await imagesIn(join(root, folder))));
  const notes = hidden.length > 0 ? [`${hidden.length} private test images have no labels: left out.`] : [];
  notes.push(...(await noteLeftovers(root, { folders: ['train', 'validation', 'test_public', ...secret] })));
  return split({ train, validation, test: [...good, ...bad], notes });
};
