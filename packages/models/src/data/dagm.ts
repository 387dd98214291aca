import { join, parse } from 'node:path';
import { almost, named, requiredImages } from './faults.js';
import { foldersIn, imagesIn } from './files.js';
import { type LayoutReader, type Sample, sample, split } from './sample.js';

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
    notes: [`${all.length - train.length} defective images of Train are left out.`],
  });
};

async function partOf(root: string, part: string): Promise<Sample[]> {
  const images = await requiredImages(root, [part], 'DAGM');
  const folder = join(root, part);
  if (!(await foldersIn(folder)).includes('Label')) {
    throw almost(
      `${folder} has no folder 'Label'`,
      'In the DAGM layout Label holds a mask <stem>_label.PNG of each defective image.',
    );
  }
  const masks = new Map(
    (await imagesIn(join(folder, 'Label'))).map((path) => [parse(path).name.replace(/_label$/i, ''), path]),
  );
  const samples = images.map((path): Sample => {
    const mask = masks.get(parse(path).name);
    masks.delete(parse(path).name);
    return mask === undefined ? sample(path, 'good') : { ...sample(path, 'defect', 'defect'), mask };
  });
  if (masks.size === 0) return samples;
  throw almost(
    `${folder} has labels of images that are not there: ${named([...masks.keys()])}`,
    'Without its image a label says that something is missing.',
  );
}
