import { AdError } from '@ad/core-native';
import type { Sample } from '../data/index.js';

/**
 * Images of which it is known whether they are good.
 *
 * @throws AdError E_TOO_FEW_IMAGES where there are none
 */
export function labelledOf(samples: readonly Sample[]): Sample[] {
  const labelled = samples.filter(({ label }) => label !== 'unknown');
  if (labelled.length > 0) return labelled;
  throw new AdError(
    'E_TOO_FEW_IMAGES',
    `There are no labelled test images; ${samples.length} have no label.`,
    'Name a data set with good and defective test images.',
  );
}
