import { createHash } from 'node:crypto';
import type { CachedImage } from './feature_cache.js';

/**
 * One image's features as a file: a magic word, the SHA-256 of all that follows it, the length of a JSON header, the
 * header padded to whole floats, then every map as little-endian float32.
 */
const MAGIC = Buffer.from('ADFEAT01', 'latin1');
const DIGEST_BYTES = 32;
const HEADER_AT = MAGIC.length + DIGEST_BYTES + 4;

interface Header {
  key: string;
  geometry: CachedImage['geometry'];
  maps: { channels: number; height: number; width: number }[];
}

/** The parts of an entry, to be written one after another. */
export function encodeEntry(key: string, { geometry, maps }: CachedImage): Uint8Array[] {
  const shapes = maps.map(({ channels, height, width }) => ({ channels, height, width }));
  const json = JSON.stringify({ key, geometry, maps: shapes } satisfies Header);
  const header = Buffer.from(
    json.padEnd(json.length + ((4 - ((HEADER_AT + json.length) % 4)) % 4)),
    'latin1',
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const data = maps.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const covered = [length, header, ...data];
  const hash = createHash('sha256');
  for (const part of covered) hash.update(part);
  return [MAGIC, hash.digest(), ...covered];
}

/** The image of an entry; undefined unless every byte is as it was written, for this key. */
export function decodeEntry(key: string, entry: Buffer): CachedImage | undefined {
  if (entry.length < HEADER_AT || !entry.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const covered = entry.subarray(MAGIC.length + DIGEST_BYTES);
  const digest = entry.subarray(MAGIC.length, MAGIC.length + DIGEST_BYTES);
  if (!createHash('sha256').update(covered).digest().equals(digest)) return undefined;
  let at = HEADER_AT + covered.readUInt32LE(0);
  const header = JSON.parse(entry.toString('latin1', HEADER_AT, at)) as Header;
  if (header.key !== key) return undefined;
  const maps = header.maps.map((shape) => {
    const length = shape.channels * shape.height * shape.width;
    const data = new Float32Array(length);
    entry.copy(new Uint8Array(data.buffer), 0, at, at + 4 * length);
    at += 4 * length;
    return { ...shape, data };
  });
  return { geometry: header.geometry, maps };
}
