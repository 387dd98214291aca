/** Every stable error code of this package, with what it stands for. */
export const ONNX_ERROR_CODES = {
  E_ONNX_FILE: 'a model file cannot be read or written',
  E_ONNX_PARSE: 'the bytes are not an ONNX model',
  E_ONNX_TOO_LARGE: 'a model is larger than the 2 GB that one protobuf message can hold',
  E_ONNX_EXTERNAL_DATA: 'weights that lie beside the model are missing, too short, or outside of its folder',
  E_ONNX_TENSOR: 'a tensor does not hold what its type and shape announce',
  E_ONNX_ATTRIBUTE: 'an attribute is missing or of another kind than expected',
  E_ONNX_GRAPH: 'a graph is not well formed: a cycle, a name used twice, a tensor that nothing makes',
  E_ONNX_SHAPE: 'the shapes of a graph do not fit together',
  E_ONNX_LAYER: 'a wanted tensor or stage does not exist in the graph',
  E_ONNX_QUANTIZE: 'a network cannot be made to compute in eight bits',
} as const;

/** One of the keys of {@link ONNX_ERROR_CODES}. */
export type OnnxErrorCode = keyof typeof ONNX_ERROR_CODES;

/**
 * The one error class of this package. The message names what was found and what was expected.
 *
 * @example
 * try {
 *   await Model.load('resnet18.onnx');
 * } catch (error) {
 *   if (error instanceof OnnxError) console.error(error.code, error.hint);
 * }
 */
export class OnnxError extends Error {
  override readonly name = 'OnnxError';

  constructor(
    /** Stable code, see {@link ONNX_ERROR_CODES}. */
    readonly code: OnnxErrorCode,
    message: string,
    /** What to do about it. */
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
