import { open } from 'node:fs/promises';
import { decode } from 'bmp-ts';
import type { ImageSource, RgbImage } from './decode.js';

const BITFIELDS = 3;
const FILE_HEADER = 14;

/** True for the file signature of BMP, which sharp does not read. */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

/** Size and depth of a BMP by its first bytes; null for anything else. */
export async function bmpHeader(source: ImageSource) {
  const bytes = Buffer.alloc(FILE_HEADER + 16);
  if (typeof source === 'string') {
    const file = await open(source);
    try {
      await file.read(bytes, 0, bytes.length, 0);
    } finally {
      await file.close();
    }
  } else {
    bytes.set(source.subarray(0, bytes.length));
  }
  if (!isBmp(bytes)) return null;
  const bitsPerPixel = bytes.readUInt16LE(FILE_HEADER + 14);
  return {
    width: bytes.readInt32LE(FILE_HEADER + 4),
    height: Math.abs(bytes.readInt32LE(FILE_HEADER + 8)),
    channels: bitsPerPixel <= 8 ? 1 : 3,
    bits: 8,
  };
}

/** Decodes a BMP of any usual kind: 1, 4, 8 (palette), 16, 24 or 32 bits, bottom-up or top-down. */
export function decodeBmp(bytes: Uint8Array): RgbImage {
  const {
    data: abgr,
    width,
    height,
  } = decode(contiguous(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)));
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    rgb[3 * i] = abgr[4 * i + 3]!;
    rgb[3 * i + 1] = abgr[4 * i + 2]!;
    rgb[3 * i + 2] = abgr[4 * i + 1]!;
  }
  return { data: rgb, width, height };
}

/** The decoder expects pixels right behind header and palette; some writers leave a gap, which is taken out here. */
function contiguous(bytes: Buffer): Buffer {
  const pixels = bytes.readUInt32LE(10);
  const header = bytes.readUInt32LE(FILE_HEADER);
  const bits = bytes.readUInt16LE(FILE_HEADER + 14);
  const masks = header === 40 && bytes.readUInt32LE(FILE_HEADER + 16) === BITFIELDS ? 12 : 0;
  const colours = bytes.readUInt32LE(FILE_HEADER + 32) || (bits <= 8 ? 2 ** bits : 0);
  const expected = FILE_HEADER + header + masks + 4 * colours;
  return pixels > expected ? Buffer.concat([bytes.subarray(0, expected), bytes.subarray(pixels)]) : bytes;
}
