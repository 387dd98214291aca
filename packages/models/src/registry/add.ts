import { AdError } from '@ad/core-native';
import { Backbone } from '../backbone/index.js';
import { EMBEDDED_BACKBONE, readBackboneFile } from '../backbone/source.js';
import { sha256 } from '../digest.js';
import type { InputConvention } from '../image/index.js';
import { checkName, type RegisteredBackbone, storeBackbone } from './store.js';

/** What a person says of a backbone that is added. */
export interface AddOptions {
  /** What values the input wants. */
  convention: InputConvention;
  /** A note on the licence of the weights. */
  license?: string | undefined;
  /** Where the file came from. */
  origin?: string | undefined;
  /** Takes the place of a backbone of this name. */
  replace?: boolean | undefined;
}

/**
 * Copies an ONNX file into the user's data folder under a name, by which {@link Backbone.open} finds it from then on.
 *
 * @throws AdError E_BACKBONE (unreadable, or no network that can be a backbone), E_ARGUMENT (the name), E_WRITE
 * @example
 * await addBackbone('wrn50', 'wide_resnet50_2.onnx', { convention: 'imagenet', license: 'BSD-3-Clause' });
 * const backbone = await Backbone.open('wrn50');
 */
export async function addBackbone(
  name: string,
  file: string,
  options: AddOptions,
): Promise<RegisteredBackbone> {
  checkFree(name);
  return addBytes(name, await readBackboneFile(file), options);
}

/** The same from bytes. */
export async function addBytes(
  name: string,
  bytes: Uint8Array,
  { convention, license, origin, replace }: AddOptions,
): Promise<RegisteredBackbone> {
  checkFree(name);
  const digest = sha256(bytes);
  // What cannot be opened is refused now, not when a model is to be fitted with it.
  const backbone = await Backbone.open(
    { name, bytes, sha256: digest },
    { convention, layers: 'all', threads: 1 },
  );
  await backbone.close();
  const about = { name, sha256: digest, convention, license: license ?? null, origin: origin ?? null };
  return storeBackbone(bytes, about, { replacing: replace ?? false });
}

/** Refuses names that are none, and the embedded backbone's. */
export function checkFree(name: string): void {
  checkName(name);
  if (name !== EMBEDDED_BACKBONE) return;
  throw new AdError('E_ARGUMENT', `'${name}' is the embedded backbone.`, 'Choose another name.');
}
