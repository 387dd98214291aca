/**
 * The safetensors format (https://huggingface.co/docs/safetensors): eight bytes of header length, a JSON header, then
 * the tensors. Files may be larger than what one read or one hash of Node can take, so all access is by chunks.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import {
  DTYPES,
  damaged,
  encodeHeader,
  MAX_HEADER_BYTES,
  parseHeader,
  type Tensor,
} from './safetensors_header.js';

export type { Tensor, TensorData } from './safetensors_header.js';

/** Size and SHA-256 of a file, as the artefact's manifest records them. */
export interface FileDigest {
  bytes: number;
  sha256: string;
}

const CHUNK_BYTES = 1 << 26;

/**
 * Writes tensors in the order given.
 *
 * @example
 * await writeSafetensors('bank.safetensors', { bank: { data: rows, shape: [1000, 384] } });
 */
export async function writeSafetensors(file: string, tensors: Record<string, Tensor>): Promise<FileDigest> {
  const hash = createHash('sha256');
  const handle = await open(file, 'w');
  let bytes = 0;
  try {
    for (const part of [
      encodeHeader(tensors),
      ...Object.values(tensors).map((tensor) => bytesOf(tensor.data)),
    ]) {
      for (let at = 0; at < part.length; at += CHUNK_BYTES) {
        const chunk = part.subarray(at, at + CHUNK_BYTES);
        hash.update(chunk);
        await handle.writeFile(chunk);
      }
      bytes += part.length;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/**
 * Reads all tensors of a file, and its digest along the way.
 *
 * @throws AdError E_ARTEFACT when the file is truncated or its header does not describe its data
 */
export async function readSafetensors(
  file: string,
): Promise<{ tensors: Record<string, Tensor>; digest: FileDigest }> {
  const hash = createHash('sha256');
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const next = async (into: Uint8Array) => {
      await readFully(handle, file, into, (chunk) => hash.update(chunk));
      return into;
    };
    if (size < 8) damaged(file, `it has ${size} bytes, fewer than the 8 that announce the header`);
    const announced = new DataView((await next(new Uint8Array(8))).buffer).getBigUint64(0, true);
    if (announced > BigInt(Math.min(MAX_HEADER_BYTES, size - 8))) {
      damaged(file, `its header should have ${announced} bytes, but the file has ${size}`);
    }
    const header = await next(new Uint8Array(Number(announced)));
    const tensors: Record<string, Tensor> = {};
    for (const { name, dtype, shape, begin, end } of parseHeader(file, header, size - 8 - header.length)) {
      const data = new DTYPES[dtype]((end - begin) / DTYPES[dtype].BYTES_PER_ELEMENT);
      await next(bytesOf(data));
      tensors[name] = { data, shape };
    }
    return { tensors, digest: { bytes: size, sha256: hash.digest('hex') } };
  } finally {
    await handle.close();
  }
}

async function readFully(
  handle: FileHandle,
  file: string,
  into: Uint8Array,
  onChunk: (chunk: Uint8Array) => void,
): Promise<void> {
  for (let at = 0; at < into.length; ) {
    const { bytesRead } = await handle.read(into, at, Math.min(CHUNK_BYTES, into.length - at));
    if (bytesRead === 0) damaged(file, `it ends after ${at} of ${into.length} bytes of a part`);
    onChunk(into.subarray(at, at + bytesRead));
    at += bytesRead;
  }
}

function bytesOf(data: Tensor['data']): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
