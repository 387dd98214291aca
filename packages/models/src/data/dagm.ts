import { readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { almost, named } from './faults.js';
import { entries, foldersIn } from './files.js';
import { imagesAlone, noteLeftovers } from './leftovers.js';
import { masksOf } from './masks.js';
import { requiredImages } from './required_images.js';
import { type LayoutReader, type Sample, sample, split } from './sample.js';

const LAYOUT = 'DAGM';
const LABELS = 'Labels.txt';

/**
 * DAGM 2007, one class: `Train/*.PNG` and `Test/*.PNG`; defective images have `Label/<stem>_label.PNG` in the same
 * folder. The defective images of `Train` are left out: what is learned from is good.
 */
export const readDagm: LayoutReader = async (root) => {
  const top = await foldersIn(root);
  if (!top.includes('Train')) return null;
  const all = await partOf(root, 'Train');
  const train = all.filter(({ label }) => label === 'good');
  const test = await partOf(root, 'Test');
  return split({
    train,
    test,
    notes: [
      `${all.length - train.length} defective images of Train are left out.`,
      ...(await noteLeftovers(root, { folders: ['Train', 'Test'] })),
    ],
  });
};

async function partOf(root: string, part: string): Promise<Sample[]> {
  const images = await requiredImages(root, [part], LAYOUT, ['Label']);
  const folder = join(root, part);
  if (!(await foldersIn(folder)).includes('Label')) {
    throw almost(
      `${folder} has no folder 'Label'`,
      'In the DAGM layout Label holds a mask <stem>_label.PNG of each defective image.',
    );
  }
  const labels = join(folder, 'Label');
  const masks = masksOf(images, await imagesAlone(labels, LAYOUT), /_label$/i, '<stem>_label.PNG');
  await checkLabels(labels, images, masks);
  return images.map((path) => {
    const mask = masks.get(path);
    return mask === undefined ? sample(path, 'good') : { ...sample(path, 'defect', 'defect'), mask };
  });
}

/**
 * Refuses masks that say something else than `Labels.txt`, where there is one: a line `1`, then of each image its number,
 * 1 where it is defective, its file, 0, and its mask's file or 0.
 */
async function checkLabels(folder: string, images: readonly string[], masks: Map<string, string>) {
  const name = (await entries(folder)).find(
    (entry) => entry.name.toLowerCase() === LABELS.toLowerCase(),
  )?.name;
  if (name === undefined) return;
  const file = join(folder, name);
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/).map((line) => line.trim().split(/\s+/));
  const flags = new Map(
    lines.filter(({ length }) => length >= 3).map(([, flag, image]) => [parse(image!).name, flag === '1']),
  );
  const differ = images.filter((path) => flags.get(parse(path).name) !== masks.has(path));
  if (differ.length > 0) {
    const said = differ.map((path) => {
      const flag = flags.get(parse(path).name);
      const table = flag === undefined ? 'not listed' : flag ? 'listed as defective' : 'listed as good';
      return `${parse(path).base} (${table}, ${masks.has(path) ? 'has a mask' : 'has no mask'})`;
    });
    throw almost(
      `The masks in ${folder} say something else than ${name}: ${named(said)}`,
      `Restore the masks that are missing, or correct ${file}.`,
    );
  }
}
