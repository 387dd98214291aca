import { almost, named } from './faults.js';

/** What people call good parts. */
export const GOOD_WORDS: readonly string[] = ['good', 'ok', 'normal'];
/** What people call defective ones. */
export const BAD_WORDS: readonly string[] = [
  'bad',
  'defect',
  'defects',
  'defective',
  'anomaly',
  'anomalous',
  'ko',
  'ng',
  'nok',
];

/**
 * The one of some folders that has one of these words as its name, in upper or lower case.
 *
 * @param folders - names of folders in `parent`
 * @throws AdError E_DATASET where there are two: only one would be read
 */
export function oneNamed(folders: readonly string[], words: readonly string[], parent: string) {
  const found = folders.filter((folder) => words.includes(folder.toLowerCase()));
  if (found.length < 2) return found[0];
  throw almost(`${parent} has ${named(found)}, which mean the same`, 'Move their images into one of them.');
}
