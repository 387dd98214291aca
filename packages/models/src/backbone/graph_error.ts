import { AdError } from '@ad/core-native';
import { OnnxError } from '@ad/onnx';

/** What the graph package found, as an error of the toolkit; other errors as they are. */
export function graphError(backbone: string, error: unknown): unknown {
  if (!(error instanceof OnnxError)) return error;
  const code = error.code === 'E_ONNX_LAYER' ? 'E_BACKBONE_LAYER' : 'E_BACKBONE';
  return new AdError(code, `The backbone '${backbone}' cannot be used: ${error.message}`, error.hint, {
    cause: error,
  });
}

/** Does what reads or changes a backbone's graph. @throws AdError as {@link graphError} makes them */
export function inGraph<T>(backbone: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw graphError(backbone, error);
  }
}
