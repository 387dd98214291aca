import { join } from 'node:path';
import { almost, named } from './faults.js';
import { foldersIn, imagesIn } from './files.js';
import { refuseLeftovers } from './leftovers.js';

/**
 * The images of a folder that a layout cannot do without.
 *
 * @param layout - its name, for the message
 * @param besides - folders beside the images that the layout knows
 * @throws AdError E_DATASET: the folder is missing (says what is there instead), holds no images, or holds more in
 * folders below it
 */
export async function requiredImages(
  root: string,
  parts: readonly string[],
  layout: string,
  besides: readonly string[] = [],
) {
  const folder = join(root, ...parts);
  const images = await imagesIn(folder);
  if (images.length > 0) {
    await refuseLeftovers(folder, { folders: besides, images: true }, layout);
    return images;
  }
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
