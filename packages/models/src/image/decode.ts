import { readFile, stat } from 'node:fs/promises';
import { AdError } from '@ad/core-native';
import sharp from 'sharp';
import { decodeBmp, isBmp } from './bmp.js';

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
    `${name} cannot be read as an image: ${found}; expected a whole JPEG, PNG, WebP, TIFF or BMP.`,
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
