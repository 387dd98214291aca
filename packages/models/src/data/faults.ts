import { AdError } from '@ad/core-native';

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
