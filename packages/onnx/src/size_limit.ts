import { OnnxError } from './errors.js';

/** One protobuf message holds less than 2 GiB: its lengths are signed 32-bit numbers. */
const LIMIT = 2 ** 31 - 1;

/** Refuses what does not fit into one protobuf message. */
export function checkSize(bytes: number, what: string): void {
  if (bytes <= LIMIT) return;
  throw new OnnxError(
    'E_ONNX_TOO_LARGE',
    `${what} would take ${(bytes / 1e9).toFixed(2)} GB; a protobuf message, which an ONNX model is, holds 2.14 GB at most.`,
    'Use a smaller network. A feature extractor needs no more than its first layers.',
  );
}
