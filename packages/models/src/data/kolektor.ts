import { join, parse } from 'node:path';
import { almost, named } from './faults.js';
import { foldersIn, imagesIn } from './files.js';
import { holdOut } from './hold_out.js';
import { imagesAlone, noteLeftovers, refuseLeftovers } from './leftovers.js';
import { blankOf, masksOf } from './masks.js';
import { type LayoutReader, type Sample, sample, split } from './sample.js';

/**
 * KolektorSDD: `kosNN/PartN.jpg` with `PartN_label.bmp` beside; an image is defective where its label is not blank.
 * There is no split for learning from good parts only: 20 % of the good images are held out for testing.
 */
export const readKolektorSdd: LayoutReader = async (root, { seed = 0 }) => {
  const folders = (await foldersIn(root)).filter((name) => /^kos\d+$/.test(name));
  if (folders.length === 0) return null;
  await refuseLeftovers(root, { folders, images: true }, 'KolektorSDD');
  const samples: Sample[] = [];
  for (const folder of folders)
    samples.push(...(await labelled(join(root, folder), '_label', 'KolektorSDD')));
  const good = samples.filter(({ label }) => label === 'good');
  const { learn, test, note } = holdOut(good, seed);
  return split({
    train: learn,
    test: [...test, ...samples.filter(({ label }) => label !== 'good')],
    notes: [note, ...(await noteLeftovers(root, { folders }))],
  });
};

/**
 * KolektorSDD2: `train/<n>.png` and `test/<n>.png` with `<n>_GT.png` beside. The defective images of `train` are left
 * out: what is learned from is good.
 */
export const readKolektorSdd2: LayoutReader = async (root) => {
  const found = await imagesIn(join(root, 'train'));
  if (!found.some((path) => parse(path).name.endsWith('_GT'))) return null;
  const all = await labelled(join(root, 'train'), '_GT', 'KolektorSDD2');
  const train = all.filter(({ label }) => label === 'good');
  const test = await labelled(join(root, 'test'), '_GT', 'KolektorSDD2');
  return split({
    train,
    test,
    notes: [
      `${all.length - train.length} defective images of train are left out.`,
      ...(await noteLeftovers(root, { folders: ['train', 'test'] })),
    ],
  });
};

/** The images of a folder, each with a mask beside it that decides whether it is good. */
async function labelled(folder: string, suffix: string, layout: string): Promise<Sample[]> {
  const files = await imagesAlone(folder, layout);
  const isMask = (path: string) => parse(path).name.endsWith(suffix);
  const images = files.filter((path) => !isMask(path));
  const masks = masksOf(
    images,
    files.filter(isMask),
    new RegExp(`${suffix}$`),
    `<stem>${suffix} beside the image`,
  );
  const bare = images.filter((path) => !masks.has(path));
  if (bare.length > 0 || images.length === 0) {
    const what =
      images.length === 0
        ? `${folder} holds no images`
        : `${bare.length} images of ${folder} have no '${suffix}' file beside: ${named(bare.map((path) => parse(path).base))}`;
    throw almost(
      what,
      `In the ${layout} layout every image has a mask <stem>${suffix} beside; a blank one says good.`,
    );
  }
  const blank = await blankOf([...masks.values()]);
  return images.map((path) => {
    const mask = masks.get(path)!;
    return blank.has(mask) ? sample(path, 'good') : { ...sample(path, 'defect', 'defect'), mask };
  });
}
