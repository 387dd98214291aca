import { extname, join } from 'node:path';
import { almost, named } from './faults.js';
import { foldersIn } from './files.js';
import { holdOut } from './hold_out.js';
import { noteLeftovers, refuseLeftovers } from './leftovers.js';
import { masksOf } from './masks.js';
import { goodOf } from './mvtec.js';
import { requiredImages } from './required_images.js';
import { type LayoutReader, type Sample, sample, split } from './sample.js';

const PREFIX = 'MT_';
const GOOD = 'MT_Free';

/**
 * Magnetic Tile (MTD): `MT_<kind>/Imgs/*.jpg` with `.png` masks of the same stem beside. There is no split; as in
 * Rudolph et al. 2021 and the PatchCore paper, 20 % of the good images are tested on, here chosen by the seed.
 */
export const readMtd: LayoutReader = async (root, { seed = 0 }) => {
  const kinds = (await foldersIn(root)).filter((name) => name.startsWith(PREFIX));
  if (kinds.length === 0) return null;
  if (!kinds.includes(GOOD)) {
    throw almost(
      `${root} has no folder '${GOOD}'; it has ${named(kinds)}`,
      `In the Magnetic Tile layout the good images lie in ${GOOD}/Imgs.`,
    );
  }
  await refuseLeftovers(root, { folders: kinds, images: true }, 'Magnetic Tile');
  const defects: Sample[] = [];
  let good: Sample[] = [];
  for (const kind of kinds) {
    const files = await requiredImages(root, [kind, 'Imgs'], 'Magnetic Tile');
    await refuseLeftovers(join(root, kind), { folders: ['Imgs'] }, 'Magnetic Tile');
    const isMask = (path: string) => extname(path).toLowerCase() === '.png';
    const images = files.filter((path) => !isMask(path));
    const masks = masksOf(images, files.filter(isMask), /$/, '<stem>.png beside the <stem>.jpg');
    if (kind === GOOD) good = goodOf(images);
    else defects.push(...images.map((path) => defective(path, kind, masks)));
  }
  const { learn, test, note } = holdOut(good, seed);
  // The original comes with an overview, dataset.jpg.
  const notes = [note, ...(await noteLeftovers(root, { folders: kinds }))];
  return split({ train: learn, test: [...test, ...defects], notes });
};

function defective(path: string, kind: string, masks: Map<string, string>): Sample {
  return { ...sample(path, 'defect', kind.slice(PREFIX.length)), mask: masks.get(path) ?? null };
}
