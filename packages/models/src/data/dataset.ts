import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { AdError } from '@ad/core-native';
import { noImages } from './files.js';
import { readGoodBad } from './good_bad.js';
import { readMvtec } from './mvtec.js';
import { readPlain } from './plain.js';
import type { Dataset, LayoutReader } from './sample.js';

/** In the order of asking: the first reader that recognises the folder has it. */
const LAYOUTS: [name: string, read: LayoutReader][] = [
  ['mvtec', readMvtec],
  ['good-bad', readGoodBad],
  ['plain', readPlain],
];

/**
 * Opens a data folder; its layout is recognised.
 *
 * @throws AdError E_DATASET: missing, a file, no images, or a layout that is almost right (says what is missing)
 * @example
 * const { train, test, layout } = await openDataset('./bottle');
 */
export async function openDataset(root: string): Promise<Dataset> {
  const found = await stat(root).catch(() => undefined);
  if (!found?.isDirectory()) {
    const what = found ? 'it is a file' : 'there is nothing';
    throw new AdError(
      'E_DATASET',
      `There is no data folder at ${root}: ${what}.`,
      'Name a folder of images of good parts.',
    );
  }
  for (const [layout, read] of LAYOUTS) {
    const samples = await read(root);
    if (samples === null) continue;
    if (samples.train.length === 0) throw noImages(root);
    return { root, name: basename(resolve(root)), layout, ...samples };
  }
  throw noImages(root);
}
