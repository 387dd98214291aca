import { basename, join, resolve } from 'node:path';
import { almost, named } from './faults.js';
import { foldersIn, imagesBelow, imagesIn } from './files.js';

/** What a layout reads of a folder. */
export interface Taken {
  /** Names of folders in it. */
  folders?: readonly string[];
  /** Whether its own images are read. */
  images?: boolean;
}

/**
 * Refuses images that would be left out without a word: in folders that the layout does not know, or outside all of its
 * folders. Folders without images and files of other kinds (license.txt, Thumbs.db) may lie anywhere.
 *
 * @param layout - its name, for the message
 * @param hint - what to do with them
 * @throws AdError E_DATASET, naming them
 */
export async function refuseLeftovers(
  folder: string,
  taken: Taken,
  layout: string,
  hint = `Move them out of the data set, or to where the ${layout} layout has such images.`,
): Promise<void> {
  const { folders, images } = await leftovers(folder, taken);
  if (folders.length > 0) {
    throw almost(`${folder} has folders that the ${layout} layout does not know: ${named(folders)}`, hint);
  }
  if (images.length > 0) {
    throw almost(`${folder} has images where the ${layout} layout has folders only: ${named(images)}`, hint);
  }
}

/** A note of what lies beside a layout's folders and is not read: a data set may be kept with previews or results. */
export async function noteLeftovers(folder: string, taken: Taken): Promise<string[]> {
  const { folders, images } = await leftovers(folder, taken);
  const names = [...folders, ...images];
  return names.length === 0
    ? []
    : [`Images of ${basename(resolve(folder))} that are not read: ${named(names)}.`];
}

/** The images directly in a folder, which may be missing; none may lie deeper. */
export async function imagesAlone(folder: string, layout: string): Promise<string[]> {
  await refuseLeftovers(folder, { images: true }, layout);
  return imagesIn(folder);
}

async function leftovers(folder: string, taken: Taken) {
  const folders: string[] = [];
  for (const name of await foldersIn(folder)) {
    if (taken.folders?.includes(name)) continue;
    if ((await imagesBelow(join(folder, name))).length > 0) folders.push(name);
  }
  const images = taken.images ? [] : (await imagesIn(folder)).map((path) => basename(path));
  return { folders, images };
}
