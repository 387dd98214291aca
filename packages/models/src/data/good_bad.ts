import { join, sep } from 'node:path';
import { foldersIn, imagesBelow } from './files.js';
import { type LayoutReader, sample } from './sample.js';

const GOOD = ['good', 'ok', 'normal'];
const BAD = ['bad', 'defect', 'defects', 'defective', 'anomaly', 'anomalous', 'ko', 'ng', 'nok'];

/**
 * `good/` beside `bad/` (or ok, normal / defect, ko, ng ...): the good images are learned from, the bad ones are for
 * testing. Folders in the bad folder are kinds of defects.
 */
export const readGoodBad: LayoutReader = async (root) => {
  const folders = await foldersIn(root);
  const named = (names: string[]) => folders.find((folder) => names.includes(folder.toLowerCase()));
  const good = named(GOOD);
  if (good === undefined) return null;
  const bad = named(BAD);
  const train = (await imagesBelow(join(root, good))).map((path) => sample(path, 'good'));
  if (bad === undefined) return { train, test: [] };
  const kinds = await foldersIn(join(root, bad));
  const test = (await imagesBelow(join(root, bad))).map((path) => {
    const kind = kinds.find((name) => path.startsWith(join(root, bad, name) + sep));
    return sample(path, 'defect', kind ?? bad);
  });
  return { train, test };
};
