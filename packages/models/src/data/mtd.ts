import { join, parse } from 'node:path';
import { almost, named, requiredImages } from './faults.js';
import { foldersIn } from './files.js';
import { holdOut } from './hold_out.js';
import { goodOf } from './mvtec.js';
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
  const defects: Sample[] = [];
  let good: Sample[] = [];
  for (const kind of kinds) {
    const files = await requiredImages(root, [kind, 'Imgs'], 'Magnetic Tile');
    const masks = new Set(files.filter((path) => parse(path).ext.toLowerCase() === '.png'));
    const images = files.filter((path) => !masks.has(path));
    if (kind === GOOD) good = goodOf(images);
    else defects.push(...images.map((path) => withMask(path, kind, masks)));
  }
  const { learn, test, note } = holdOut(good, seed);
  return split({ train: learn, test: [...test, ...defects], notes: [note] });
};

function withMask(path: string, kind: string, masks: Set<string>): Sample {
  const { dir, name } = parse(path);
  const mask = join(dir, `${name}.png`);
  return { ...sample(path, 'defect', kind.slice(PREFIX.length)), mask: masks.has(mask) ? mask : null };
}
