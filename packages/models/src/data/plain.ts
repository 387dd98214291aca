import { imagesBelow } from './files.js';
import { type LayoutReader, sample, split } from './sample.js';

/** A folder of good images, folders below it included. */
export const readPlain: LayoutReader = async (root) => {
  const train = (await imagesBelow(root)).map((path) => sample(path, 'good'));
  return split({ train });
};
