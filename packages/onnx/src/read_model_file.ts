import { OnnxError } from './errors.js';
import { Model } from './model.js';
import { readBytes } from './read_file.js';

/**
 * The bytes of a model file, complete: the file itself, or, where some weights lie beside it, the model with these
 * inside. What is no model comes back as it is.
 *
 * @throws OnnxError E_ONNX_FILE, E_ONNX_TOO_LARGE, E_ONNX_EXTERNAL_DATA
 *
 * @example
 * const session = await InferenceSession.create(await readModelFile('dinov2.onnx'));
 */
export async function readModelFile(file: string): Promise<Uint8Array> {
  const bytes = await readBytes(file);
  let external = false;
  try {
    external = Model.read(bytes).external;
  } catch (error) {
    if (!(error instanceof OnnxError)) throw error;
  }
  return external ? (await Model.load(file)).write() : bytes;
}
