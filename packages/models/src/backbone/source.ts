import { basename } from 'node:path';
import { AdError } from '@ad/core-native';
import { OnnxError, readModelFile } from '@ad/onnx';
import { sha256 } from '../digest.js';
import type { InputConvention } from '../image/index.js';

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

/** Reads a backbone by name (`mobilenetv2`) or from an ONNX file. */
export async function readBackbone(nameOrFile: string): Promise<BackboneSource> {
  if (nameOrFile === EMBEDDED_BACKBONE) {
    const { modelPath, inputConvention } = await import('@ad/backbone-mobilenetv2');
    const bytes = await readModel(modelPath);
    return { name: EMBEDDED_BACKBONE, bytes, sha256: sha256(bytes), convention: inputConvention };
  }
  const bytes = await readModel(nameOrFile);
  return { name: basename(nameOrFile, '.onnx'), bytes, sha256: sha256(bytes) };
}

/** The file, with the weights inside that may lie beside it. */
async function readModel(file: string): Promise<Uint8Array> {
  try {
    return await readModelFile(file);
  } catch (cause) {
    if (!(cause instanceof OnnxError)) throw cause;
    throw new AdError(
      'E_BACKBONE',
      `The backbone ${cause.message}`,
      `Give the path of an ONNX file, or '${EMBEDDED_BACKBONE}' for the embedded one.`,
      { cause },
    );
  }
}
