import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdError } from '@ad/core-native';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../digest.js';
import { SeededRandom } from '../random.js';
import { temporaryFolder } from '../testing/temporary.js';
import { readSafetensors, type Tensor, writeSafetensors } from './safetensors.js';

const folder = await temporaryFolder();

const tensors: Record<string, Tensor> = {
  bank: { data: Float32Array.from([1, 2, 3, 4, 5, 6]), shape: [2, 3] },
  größe: { data: Float64Array.from([Math.PI]), shape: [] },
  ids: { data: Uint32Array.from([7, 8]), shape: [2] },
  none: { data: new Int8Array(0), shape: [0, 4] },
};

describe('safetensors', () => {
  it('gives back what was written, with the digest of the file', async () => {
    const file = join(folder, 'round.safetensors');
    const written = await writeSafetensors(file, tensors);
    const read = await readSafetensors(file);
    expect(read.tensors).toEqual(tensors);
    expect(read.digest).toEqual(written);
    const bytes = await readFile(file);
    expect(written).toEqual({ bytes: bytes.length, sha256: sha256(bytes) });
  });

  it('is the standard layout: length, JSON padded to eight bytes, data without holes', async () => {
    const file = join(folder, 'layout.safetensors');
    await writeSafetensors(file, { a: { data: Float32Array.from([1, 2]), shape: [2] } });
    const bytes = await readFile(file);
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    expect(JSON.parse(bytes.subarray(8, 8 + length).toString())).toEqual({
      a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
    });
    expect(bytes.readFloatLE(8 + length + 4)).toBe(2);
  });

  it('refuses a file cut at every byte, naming it', async () => {
    const file = join(folder, 'whole.safetensors');
    await writeSafetensors(file, tensors);
    const bytes = await readFile(file);
    const cut = join(folder, 'cut.safetensors');
    for (let length = 0; length < bytes.length; length++) {
      await writeFile(cut, bytes.subarray(0, length));
      await expect(readSafetensors(cut)).rejects.toMatchObject({
        code: 'E_ARTEFACT',
        message: expect.stringContaining(cut),
      });
    }
  });

  it('answers a header with any byte changed with an error of its own, or with tensors whose digest differs', async () => {
    const file = join(folder, 'fuzz.safetensors');
    const { sha256: digest } = await writeSafetensors(file, tensors);
    const bytes = await readFile(file);
    const random = new SeededRandom(1);
    for (let round = 0; round < 300; round++) {
      const changed = Buffer.from(bytes);
      const at = random.below(bytes.length);
      changed[at] = changed[at]! ^ (1 + random.below(255));
      await writeFile(file, changed);
      const outcome = await readSafetensors(file).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(AdError);
      else expect((outcome as Awaited<ReturnType<typeof readSafetensors>>).digest.sha256).not.toBe(digest);
    }
  });

  it.each([
    ['a hole', { a: { dtype: 'U8', shape: [2], data_offsets: [1, 3] } }, 'starts at byte 1'],
    [
      'an overlap',
      {
        a: { dtype: 'U8', shape: [2], data_offsets: [0, 2] },
        b: { dtype: 'U8', shape: [2], data_offsets: [1, 3] },
      },
      'starts at byte 1',
    ],
    ['a wrong length', { a: { dtype: 'F32', shape: [2], data_offsets: [0, 3] } }, 'needs 8'],
    ['an unknown element type', { a: { dtype: 'F99', shape: [3], data_offsets: [0, 3] } }, '"F99"'],
    ['a negative axis', { a: { dtype: 'U8', shape: [-3], data_offsets: [0, 3] } }, 'no valid shape'],
    ['data left over', { a: { dtype: 'U8', shape: [1], data_offsets: [0, 1] } }, '3 bytes follow'],
    ['a list', [], 'not an object'],
  ])('refuses a header with %s', async (_, header, message) => {
    const file = join(folder, 'bad.safetensors');
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    await writeFile(file, Buffer.concat([length, json, Buffer.alloc(3)]));
    await expect(readSafetensors(file)).rejects.toThrow(message);
  });
});

it('reads what is larger than one call of Node takes', async () => {
  const file = join(folder, 'large.safetensors');
  const elements = 2 ** 29 + 3;
  const description = { zeros: { dtype: 'F32', shape: [elements], data_offsets: [0, 4 * elements] } };
  const header = Buffer.from(JSON.stringify(description));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  await writeFile(file, Buffer.concat([length, header]));
  // A file with a hole, which takes no room.
  await truncate(file, 8 + header.length + 4 * elements);
  const { tensors, digest } = await readSafetensors(file);
  expect(tensors.zeros!.data).toHaveLength(elements);
  expect(tensors.zeros!.data.at(-1)).toBe(0);
  expect(digest.bytes).toBe(8 + header.length + 4 * elements);
});
