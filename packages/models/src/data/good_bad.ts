import { join, sep } from 'node:path';
import { foldersIn, imagesBelow } from './files.js';
import { refuseLeftovers } from './leftovers.js';
import { type LayoutReader, sample, split } from './sample.js';
import { BAD_WORDS, GOOD_WORDS, oneNamed } from './words.js';

/** Where there is something to test against, one good image in five is for testing too: never for learning. */
const TEST_EVERY = 5;

/**
 * `good/` beside `bad/` (or ok, normal / defect, ko, ng ...): the bad images and every fifth good one, by name, are for
 * testing, the other good ones are learned from. Folders in the bad folder are kinds of defects.
 */
export const readGoodBad: LayoutReader = async (root) => {
  const folders = await foldersIn(root);
  const good = oneNamed(folders, GOOD_WORDS, root);
  if (good === undefined) return null;
  const bad = oneNamed(folders, BAD_WORDS, root);
  await refuseLeftovers(
    root,
    { folders: bad === undefined ? [good] : [good, bad] },
    'good-bad',
    `Move images of defects below ${join(root, bad ?? 'bad')}, a folder for each kind, and others out of ${root}.`,
  );
  const all = (await imagesBelow(join(root, good))).map((path) => sample(path, 'good'));
  if (bad === undefined) return split({ train: all });
  const forTest = (_: unknown, i: number) => i % TEST_EVERY === TEST_EVERY - 1;
  const kinds = await foldersIn(join(root, bad));
  const defective = (await imagesBelow(join(root, bad))).map((path) => {
    const kind = kinds.find((name) => path.startsWith(join(root, bad, name) + sep));
    return sample(path, 'defect', kind ?? bad);
  });
  const goodForTest = all.filter(forTest);
  return split({
    train: all.filter((_, i) => !forTest(_, i)),
    test: [...goodForTest, ...defective],
    notes: [`Every fifth good image, ${goodForTest.length} of ${all.length}, is kept for testing.`],
  });
};
