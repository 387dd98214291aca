import { join } from 'node:path';
import { AdError } from '@ad/core-native';
import { foldersIn, imagesIn } from './files.js';

/** The error of a layout that is almost right. */
export function almost(found: string, hint: string): AdError {
  return new AdError('E_DATASET', `${found}.`, hint);
}

/** A list as a message shows it: the first few, and how many more. */
export function named(names: readonly string[], none = 'nothing'): string {
  if (names.length === 0) return none;
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

/**
 * The images of a folder that a layout cannot do without.
 *
 * @param layout - its name, for the message
 * @throws AdError E_DATASET: the folder is missing (says what is there instead) or holds no images
 */
export async function requiredImages(root: string, parts: readonly string[], layout: string) {
  const folder = join(root, ...parts);
  const images = await imagesIn(folder);
  if (images.length > 0) return images;
  let above = root;
  for (const part of parts) {
    const beside = await foldersIn(above);
    if (!beside.includes(part)) {
      throw almost(
        `${above} has no folder '${part}'; it has ${named(beside, 'no folders')}`,
        `In the ${layout} layout images lie in ${parts.join('/')}.`,
      );
    }
    above = join(above, part);
  }
  throw almost(`${folder} holds no images`, `In the ${layout} layout images lie in ${parts.join('/')}.`);
}
