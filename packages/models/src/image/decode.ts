import { readFile, stat } from 'node:fs/promises';
import { AdError } from '@ad/core-native';
import sharp from 'sharp';
import { bmpHeader, decodeBmp, isBmp } from './bmp.js';

/** A path, or the bytes of an image file. */
export type ImageSource = string | Uint8Array;

/** An 8-bit RGB image, `data[(y * width + x) * 3 + c]`. */
export interface RgbImage {
  data: Uint8Array;
  width: number;
  height: number;
}

/**
 * Decodes an image at full resolution: JPEG, PNG, WebP, TIFF, GIF, AVIF or BMP; upright by its EXIF orientation; grey,
 * palette and CMYK become RGB, 16 bits become 8, an alpha channel is dropped, of several pages the first is taken.
 *
 * @param content - of the file, where it has been read already
 * @throws AdError E_IMAGE, naming the file: missing, empty, not an image, truncated
 * @example
 * const { data, width, height } = await decodeImage('part.png');
 */
export async function decodeImage(source: ImageSource, content?: Uint8Array): Promise<RgbImage> {
  const bytes = content ? checkNotEmpty(source, content) : await bytesOf(source);
  try {
    if (isBmp(bytes)) return decodeBmp(bytes);
    // failOn 'warning' is what turns a truncated file into an error instead of a grey lower half.
    const { data, info } = await sharp(bytes, { failOn: 'warning' })
      .autoOrient()
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { data: info.channels === 1 ? repeated(data) : data, width: info.width, height: info.height };
  } catch (cause) {
    throw undecodable(source, (cause as Error).message.split('\n')[0]!, cause);
  }
}

/** What decoding will hold, by the header alone: file and RGB pixels; of a file that cannot be read, nothing. */
export async function decodedBytes(source: ImageSource): Promise<number> {
  try {
    const { size, width, height } = await headerOf(source);
    return size + 3 * width * height;
  } catch {
    return 0;
  }
}

/**
 * Size of the file and of the image in it, upright, by its header.
 *
 * @throws AdError E_IMAGE
 */
export async function headerOf(
  source: ImageSource,
): Promise<{ size: number; width: number; height: number; channels: number; bits: number }> {
  try {
    const size = typeof source === 'string' ? (await stat(source)).size : source.length;
    const bmp = await bmpHeader(source);
    if (bmp) return { size, ...bmp };
    const { width, height, channels, depth, autoOrient } = await sharp(source).metadata();
    const bits = depth === 'ushort' ? 16 : depth === 'float' ? 32 : 8;
    return { size, channels, bits, width: autoOrient.width ?? width, height: autoOrient.height ?? height };
  } catch (cause) {
    throw undecodable(source, (cause as Error).message.split('\n')[0]!, cause);
  }
}

async function bytesOf(source: ImageSource): Promise<Uint8Array> {
  if (typeof source !== 'string') return checkNotEmpty(source, source);
  try {
    if ((await stat(source)).isDirectory()) throw new Error('it is a folder');
    return checkNotEmpty(source, await readFile(source));
  } catch (cause) {
    if (cause instanceof AdError) throw cause;
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw undecodable(source, missing ? 'there is no such file' : (cause as Error).message, cause);
  }
}

function checkNotEmpty(source: ImageSource, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) throw undecodable(source, 'it is empty');
  return bytes;
}

function undecodable(source: ImageSource, found: string, cause?: unknown): AdError {
  const name = typeof source === 'string' ? source : `(${source.length} bytes in memory)`;
  return new AdError(
    'E_IMAGE',
    `${name} cannot be read as an image: ${found}; expected a whole JPEG, PNG, WebP, GIF, AVIF, TIFF or BMP.`,
    'Replace or remove the file.',
    { cause },
  );
}

function repeated(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  grey.forEach((value, i) => {
    rgb.fill(value, 3 * i, 3 * i + 3);
  });
  return rgb;
}
