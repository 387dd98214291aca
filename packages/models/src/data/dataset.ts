import { stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { AdError } from '@ad/core-native';
import { readBtad } from './btad.js';
import { readDagm } from './dagm.js';
import { almost, named } from './faults.js';
import { foldersIn, noImages } from './files.js';
import { readGoodBad } from './good_bad.js';
import { readKolektorSdd, readKolektorSdd2 } from './kolektor.js';
import { readManifestCsv } from './manifest.js';
import { readMtd } from './mtd.js';
import { readMvtec } from './mvtec.js';
import { readMvtecAd2 } from './mvtec_ad_2.js';
import { readMvtecLoco } from './mvtec_loco.js';
import { readPlain } from './plain.js';
import type { Dataset, LayoutReader, ReadOptions } from './sample.js';
import { readVisa } from './visa.js';

/** In the order of asking: the first reader that recognises the folder has it. Special ones come before general ones. */
const LAYOUTS: readonly [name: string, read: LayoutReader][] = [
  ['manifest', readManifestCsv],
  ['mvtec-loco', readMvtecLoco],
  ['mvtec-ad-2', readMvtecAd2],
  ['kolektor-sdd2', readKolektorSdd2],
  ['btad', readBtad],
  ['mvtec', readMvtec],
  ['visa', readVisa],
  ['kolektor-sdd', readKolektorSdd],
  ['mtd', readMtd],
  ['dagm', readDagm],
  ['good-bad', readGoodBad],
];

/** Names of the layouts that are known; `plain` is a folder of good images. */
export const LAYOUT_NAMES: readonly string[] = [...LAYOUTS.map(([name]) => name), 'plain'];

/**
 * Opens a data folder, or a table of images (CSV); its layout is recognised.
 *
 * @throws AdError E_DATASET: missing, a file, no images, a layout that is almost right (says what is missing), or a
 * folder of several data sets (names them)
 * @example
 * const { train, test, layout } = await openDataset('./bottle');
 */
export async function openDataset(root: string, options: ReadOptions = {}): Promise<Dataset> {
  await checkRoot(root);
  const found = await recognised(root, options);
  if (found) return found;
  const inside = await categoriesIn(root);
  if (inside.length > 0) {
    throw almost(
      `${root} holds ${inside.length} data sets: ${named(inside)}`,
      `Name one of them: ${join(root, inside[0]!)}.`,
    );
  }
  const plain = await readPlain(root, options);
  if (plain === null || plain.train.length === 0) throw noImages(root);
  return { root, name: nameOf(root), layout: 'plain', ...plain };
}

/**
 * Names of the data sets that a folder stands for: those of its folders that have a known layout, as the categories of
 * MVTec AD or VisA, or none where it is a data set itself.
 *
 * @throws AdError E_DATASET: missing, a file, or a layout that is almost right
 * @example
 * await listCategories('./mvtec'); // ['bottle', 'cable', ...]
 */
export async function listCategories(root: string): Promise<string[]> {
  await checkRoot(root);
  return (await isLaidOut(root)) ? [] : categoriesIn(root);
}

async function recognised(root: string, options: ReadOptions): Promise<Dataset | null> {
  for (const [layout, read] of LAYOUTS) {
    const split = await read(root, options);
    if (split === null) continue;
    if (split.train.length === 0) {
      throw almost(
        `${root} has the layout ${layout}, but no good images to learn from`,
        'Put images of good parts where the layout has them.',
      );
    }
    return { root, name: nameOf(root), layout, ...split };
  }
  return null;
}

async function categoriesIn(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of await foldersIn(root)) {
    if (await isLaidOut(join(root, folder))) found.push(folder);
  }
  return found;
}

/** Whether the folder has a layout, right or almost right. */
async function isLaidOut(folder: string): Promise<boolean> {
  if (extname(folder).toLowerCase() === '.csv') return true;
  try {
    return (await recognised(folder, {})) !== null;
  } catch (error) {
    if (error instanceof AdError && error.code === 'E_DATASET') return true;
    throw error;
  }
}

async function checkRoot(root: string): Promise<void> {
  const found = await stat(root).catch(() => undefined);
  if (found?.isDirectory() || (found && extname(root).toLowerCase() === '.csv')) return;
  const what = found ? 'it is a file' : 'there is nothing';
  throw new AdError(
    'E_DATASET',
    `There is no data folder at ${root}: ${what}.`,
    'Name a folder of images of good parts.',
  );
}

function nameOf(root: string): string {
  return basename(resolve(root), '.csv');
}
