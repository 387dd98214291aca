import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** What a file of a miniature holds: text, or a picture of 4 x 4 pixels of these grey values. */
export type Content = string | number[];

/** A mask of 4 x 4 pixels with one marked. */
export const MARKED = [0, 0, 0, 0, 0, 255];
/** A mask that marks nothing. */
export const BLANK = [0];

/** Lays out files below `root`: their names alone (empty files), or with what is in them. */
export async function laid(
  root: string,
  files: readonly string[] | Record<string, Content>,
): Promise<string> {
  await mkdir(root, { recursive: true });
  const named = Array.isArray(files)
    ? files.map((file): [string, Content] => [file, ''])
    : Object.entries(files);
  for (const [file, content] of named as [string, Content][]) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), typeof content === 'string' ? content : await picture(file, content));
  }
  return root;
}

function picture(file: string, grey: number[]): Promise<Buffer> | Buffer {
  const pixels = Uint8Array.from({ length: 16 }, (_, i) => grey[i] ?? grey[0]!);
  if (file.endsWith('.bmp')) return bmp(pixels);
  return sharp(pixels, { raw: { width: 4, height: 4, channels: 1 } })
    .toFormat(/\.jpe?g$/i.test(file) ? 'jpeg' : 'png')
    .toBuffer();
}

/** 4 x 4 pixels, 24 bits, bottom row first. */
function bmp(pixels: Uint8Array): Buffer {
  const bytes = Buffer.alloc(54 + 48);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(4, 18);
  bytes.writeInt32LE(4, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  pixels.forEach((grey, i) => {
    const at = 54 + 12 * (3 - Math.floor(i / 4)) + 3 * (i % 4);
    bytes.fill(grey, at, at + 3);
  });
  return bytes;
}
