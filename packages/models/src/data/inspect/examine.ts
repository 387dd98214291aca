import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { AdError } from '@ad/core-native';
import sharp, { type Sharp } from 'sharp';
import { decodeImage, decodeMask, headerOf, maskFiles, maskLevels } from '../../image/index.js';
import type { Sample } from '../sample.js';

/** What is found in one image's files, without keeping their pixels. */
export interface Examined {
  path: string;
  part: 'train' | 'validation' | 'test';
  label: Sample['label'];
  defect: string | null;
  /** Equal where the pictures are equal, see {@link unitePictures}; null where the file cannot be read. */
  picture: string | null;
  /**
   * Equal where two pictures that are stored the same way up may be equal; null where the file cannot be decoded to its
   * end, and where it holds more than is looked at: an alpha channel, or more than 8 bits.
   */
  look: string | null;
  /** Null where the file is not an image. */
  header: { width: number; height: number; channels: number; bits: number } | null;
  /** Why it cannot be decoded to its end. */
  corrupt: string | null;
  masks: ExaminedMask[];
}

/** One mask file. */
export interface ExaminedMask {
  path: string;
  width: number;
  height: number;
  /** Whether it marks nothing. */
  blank: boolean;
  corrupt: string | null;
}

/** Reads an image and its masks to their ends. */
export async function examine(sample: Sample, part: Examined['part']): Promise<Examined> {
  const { path, label, defect, mask } = sample;
  const found: Examined = {
    path,
    part,
    label,
    defect,
    picture: null,
    look: null,
    header: null,
    corrupt: null,
    masks: [],
  };
  found.corrupt = await complaint(async () => {
    const { width, height, channels, bits } = await headerOf(path);
    found.header = { width, height, channels, bits };
    found.picture = await digestOf(path);
    const thumbnail = await thumbnailOf(path);
    if (bits === 8 && channels % 2 === 1) found.look = `${width} x ${height} ${thumbnail}`;
  });
  if (mask !== null) found.masks = await examineMasks(mask);
  return found;
}

async function examineMasks(mask: string): Promise<ExaminedMask[]> {
  let files: string[] = [];
  const unlisted = await complaint(async () => {
    files = await maskFiles(mask);
  });
  if (unlisted) return [{ path: mask, width: 0, height: 0, blank: false, corrupt: unlisted }];
  const masks: ExaminedMask[] = [];
  for (const path of files) {
    const found: ExaminedMask = { path, width: 0, height: 0, blank: false, corrupt: null };
    found.corrupt = await complaint(async () => {
      const { data, width, height } = await decodeMask(path);
      Object.assign(found, { width, height, blank: maskLevels(data).area === 0 });
    });
    masks.push(found);
  }
  return masks;
}

/** What an unreadable file is reported with; other errors are thrown on. */
async function complaint(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof AdError && error.code === 'E_IMAGE') return error.message;
    throw error;
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

const THUMBNAIL = 16;

/** Every pixel is decoded, but a few rows at a time: a large image takes no more memory than a small one. */
async function thumbnailOf(path: string): Promise<string> {
  try {
    return await shrink(sharp(path, { failOn: 'warning', sequentialRead: true }));
  } catch {
    // BMP, which sharp does not read; anything else fails again, with our own message.
    const { data, width, height } = await decodeImage(path);
    return shrink(sharp(data, { raw: { width, height, channels: 3 } }));
  }
}

async function shrink(image: Sharp): Promise<string> {
  const pixels = await image
    .toColourspace('srgb')
    .resize(THUMBNAIL, THUMBNAIL, { fit: 'fill', fastShrinkOnLoad: false })
    .raw()
    .toBuffer();
  return pixels.toString('base64');
}
