import { basename } from 'node:path';
import { AdError } from '@ad/core-native';
import { OnnxError, readModelFile } from '@ad/onnx';
import { sha256 } from '../digest.js';
import type { InputConvention } from '../image/index.js';
import { CATALOGUE } from '../registry/catalogue.js';
import { findBackbone, listBackbones, type RegisteredBackbone } from '../registry/store.js';

/** The backbone that is inside the toolkit, so that the first command needs no download. */
export const EMBEDDED_BACKBONE = 'mobilenetv2';

/** An ONNX file in memory, with what is known of it before it is opened. */
export interface BackboneSource {
  name: string;
  bytes: Uint8Array;
  /** SHA-256 of the file, with weights that lie beside it brought inside; hexadecimal. */
  sha256: string;
  /** What values the input wants, where the source says so. */
  convention?: InputConvention | undefined;
}

/**
 * Reads a backbone by name (`mobilenetv2`, or one that was added), or from an ONNX file. A word that is neither a path
 * nor ends in .onnx is a name first.
 *
 * @throws AdError E_BACKBONE where there is none, or its file is not the one that was added
 */
export async function readBackbone(nameOrFile: string): Promise<BackboneSource> {
  if (nameOrFile === EMBEDDED_BACKBONE) {
    const { modelPath, inputConvention } = await import('@ad/backbone-mobilenetv2');
    const bytes = await readBackboneFile(modelPath);
    return { name: EMBEDDED_BACKBONE, bytes, sha256: sha256(bytes), convention: inputConvention };
  }
  const known = await findBackbone(nameOrFile);
  if (known) return registered(known);
  const bytes = await readBackboneFile(nameOrFile);
  return { name: basename(nameOrFile, '.onnx'), bytes, sha256: sha256(bytes) };
}

async function registered({ name, file, convention, sha256: added }: RegisteredBackbone) {
  const bytes = await readBackboneFile(file);
  const found = sha256(bytes);
  if (found === added) return { name, bytes, sha256: found, convention };
  throw new AdError(
    'E_BACKBONE',
    `The file of the backbone '${name}', ${file}, is not the one that was added: it has the SHA-256 ${found}; expected ${added}.`,
    `Remove it with 'ad backbone remove ${name}' and add the file again.`,
  );
}

/** Reads an ONNX file, with the weights inside that may lie beside it. */
export async function readBackboneFile(file: string): Promise<Uint8Array> {
  try {
    return await readModelFile(file);
  } catch (cause) {
    if (!(cause instanceof OnnxError)) throw cause;
    const names = (await listBackbones().catch(() => [])).map((entry) => entry.name);
    const known = CATALOGUE.some((entry) => entry.name === file)
      ? ` 'ad backbone pull ${file}' fetches one of this name.`
      : '';
    throw new AdError(
      'E_BACKBONE',
      `The backbone ${cause.message}`,
      `Give the path of an ONNX file, or a name: ${[`'${EMBEDDED_BACKBONE}' (embedded)`, ...names].join(', ')}.${known}`,
      { cause },
    );
  }
}
