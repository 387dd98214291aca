import { dirname, relative, sep } from 'node:path';
import { almost, named } from './faults.js';
import { imagesBelow } from './files.js';
import { type LayoutReader, sample, split } from './sample.js';
import { BAD_WORDS } from './words.js';

/** A folder of good images, folders below it included. */
export const readPlain: LayoutReader = async (root) => {
  const images = await imagesBelow(root);
  const folders = new Set(images.map((path) => relative(root, dirname(path))));
  const bad = [...folders].filter((folder) =>
    folder.split(sep).some((name) => BAD_WORDS.includes(name.toLowerCase())),
  );
  if (bad.length > 0) {
    throw almost(
      `${root} has no layout that is known, and every image would be learned from as good, those of ${named(bad)} too`,
      'Put the good images into a folder good beside bad, or name the folder of good images alone.',
    );
  }
  return split({ train: images.map((path) => sample(path, 'good')) });
};
