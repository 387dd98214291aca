import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { AdError } from '@ad/core-native';

/** Extensions that count as images. */
export const IMAGE_EXTENSIONS = ['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.gif', '.avif', '.bmp'];

const isImage = (name: string) => IMAGE_EXTENSIONS.includes(extname(name).toLowerCase());

/** Names as a person sorts them, `2.png` before `10.png`, the same on every machine. */
export function naturally(a: string, b: string): number {
  const parts = (text: string) => text.match(/\d+|\D+/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i]!, right[i]!];
    const numbers = /^\d/.test(x) && /^\d/.test(y);
    const order = numbers ? compare(BigInt(x), BigInt(y)) || compare(x, y) : compare(x, y);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compare<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What a folder holds, hidden entries left out; an empty list when it does not exist. */
export async function entries(folder: string): Promise<Dirent[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    if (cause.code === 'ENOTDIR') {
      throw new AdError(
        'E_DATASET',
        `${folder} is a file, or lies below one; expected a folder.`,
        'Rename the file, or move it out of the data set.',
        { cause },
      );
    }
    throw new AdError(
      'E_DATASET',
      `The folder ${folder} cannot be read: ${cause.message}.`,
      'Check its permissions.',
      { cause },
    );
  });
  return found.filter((entry) => !entry.name.startsWith('.')).sort((a, b) => naturally(a.name, b.name));
}

/** Names of a folder's folders. */
export async function foldersIn(folder: string): Promise<string[]> {
  const kinds = await Promise.all(
    (await entries(folder)).map(async (entry) => ({ entry, directory: await isDirectory(folder, entry) })),
  );
  return kinds.filter(({ directory }) => directory).map(({ entry }) => entry.name);
}

/** Paths of the images directly in a folder. */
export async function imagesIn(folder: string): Promise<string[]> {
  return (await entries(folder))
    .filter((entry) => isImage(entry.name))
    .map((entry) => join(folder, entry.name));
}

/** Paths of the images in a folder and all folders below it, each folder once: a link may lead back to one. */
export async function imagesBelow(folder: string, visited = new Set<string>()): Promise<string[]> {
  const real = await realpath(folder).catch(() => folder);
  if (visited.has(real)) return [];
  visited.add(real);
  const found: string[] = [];
  for (const entry of await entries(folder)) {
    const path = join(folder, entry.name);
    if (await isDirectory(folder, entry)) found.push(...(await imagesBelow(path, visited)));
    else if (isImage(entry.name)) found.push(path);
  }
  return found;
}

async function isDirectory(folder: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return (await stat(join(folder, entry.name)).catch(() => undefined))?.isDirectory() ?? false;
}

/**
 * The images that some paths stand for: files as they are, folders with all images below them.
 *
 * @throws AdError E_DATASET for a path that does not exist or a folder without images
 */
export async function listImages(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const kind = await stat(path).catch(() => undefined);
    if (!kind)
      throw new AdError('E_DATASET', `There is nothing at ${path}.`, 'Give images or folders of images.');
    const images = kind.isDirectory() ? await imagesBelow(path) : [path];
    if (images.length === 0) throw noImages(path);
    found.push(...images);
  }
  return [...new Set(found)];
}

/** The error of a folder in which no image was found. */
export function noImages(folder: string): AdError {
  return new AdError(
    'E_DATASET',
    `The folder ${folder} holds no images; looked for ${IMAGE_EXTENSIONS.join(', ')}.`,
    'Put images of good parts into it, or name another folder.',
  );
}
