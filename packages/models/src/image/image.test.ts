import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'bmp-ts';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary.js';
import {
  decodeImage,
  droppedShare,
  isBlankMask,
  loadInput,
  loadMask,
  placeMap,
  planGeometry,
  writeTensor,
} from './index.js';

const folder = await temporaryFolder();
const paper = { resize: 'shorter', imageSize: 256, crop: 224 } as const;
const whole = (size: number) => ({ resize: 'stretch', imageSize: size, crop: null }) as const;

/** 4 x 2 pixels, each of its own colour. */
const pixels = Uint8Array.from({ length: 24 }, (_, i) => i * 10);
const tiny = () => sharp(pixels, { raw: { width: 4, height: 2, channels: 3 } });

describe('decodeImage', () => {
  it('gives the pixels of a PNG as they are', async () => {
    expect(await decodeImage(await tiny().png().toBuffer())).toMatchObject({
      width: 4,
      height: 2,
      data: Buffer.from(pixels),
    });
  });

  it('turns an image upright by its EXIF orientation', async () => {
    const turned = await tiny().withMetadata({ orientation: 6 }).tiff({ compression: 'lzw' }).toBuffer();
    const { width, height, data } = await decodeImage(turned);
    expect([width, height]).toEqual([2, 4]);
    // Orientation 6 turns clockwise: the first pixel is the first of the last row.
    expect([...data.subarray(0, 3)]).toEqual([...pixels.subarray(12, 15)]);
  });

  it('scales 16 bits to 8 and repeats grey', async () => {
    const grey = Uint16Array.from([0, 32768, 65535, 257]);
    const png = await sharp(grey, { raw: { width: 2, height: 2, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect((await sharp(png).metadata()).depth).toBe('ushort');
    const { data } = await decodeImage(png);
    expect([...data]).toEqual([0, 0, 0, 128, 128, 128, 255, 255, 255, 1, 1, 1]);
  });

  it('drops alpha and converts CMYK', async () => {
    const rgba = await sharp({
      create: { width: 3, height: 3, channels: 4, background: { r: 9, g: 8, b: 7, alpha: 0.2 } },
    })
      .png()
      .toBuffer();
    expect([...(await decodeImage(rgba)).data.subarray(0, 3)]).toEqual([9, 8, 7]);
    const cmyk = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#808080' } })
      .toColourspace('cmyk')
      .jpeg()
      .toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const { data } = await decodeImage(cmyk);
    expect(data).toHaveLength(192);
    for (const value of data) expect(Math.abs(value - 128)).toBeLessThan(25);
  });

  it.each([24, 32])('reads a BMP of %i bits', async (bitPP) => {
    const abgr = Buffer.alloc(32);
    for (let i = 0; i < 8; i++) for (let c = 0; c < 3; c++) abgr[4 * i + 3 - c] = pixels[3 * i + c]!;
    const bmp = encode({ data: abgr, bitPP, width: 4, height: 2 } as Parameters<typeof encode>[0]);
    const { data, width, height } = await decodeImage(bmp.data);
    expect([width, height]).toEqual([4, 2]);
    expect([...data]).toEqual([...pixels]);
  });

  it('reads a BMP whose pixels stand apart from its header', async () => {
    const header = Buffer.alloc(64);
    header.write('BM');
    header.writeUInt32LE(64, 10);
    header.writeUInt32LE(40, 14);
    header.writeInt32LE(1, 18);
    header.writeInt32LE(-1, 22);
    header.writeUInt16LE(1, 26);
    header.writeUInt16LE(24, 28);
    const bmp = Buffer.concat([header, Buffer.from([3, 2, 1, 0])]);
    expect([...(await decodeImage(bmp)).data]).toEqual([1, 2, 3]);
  });

  it('refuses what is not a whole image, naming the file', async () => {
    const jpeg = await sharp({ create: { width: 200, height: 200, channels: 3, background: '#345' } })
      .jpeg()
      .toBuffer();
    const noise = await sharp(Buffer.from(Array.from({ length: 30000 }, (_, i) => (i * i) % 251)), {
      raw: { width: 100, height: 100, channels: 3 },
    })
      .jpeg()
      .toBuffer();
    const bad: Record<string, Buffer> = {
      'text.png': Buffer.from('hello'),
      'empty.png': Buffer.alloc(0),
      'truncated.jpg': noise.subarray(0, noise.length / 2),
      'header.jpg': jpeg.subarray(0, 20),
      'short.bmp': Buffer.from('BM12'),
    };
    for (const [name, bytes] of Object.entries(bad)) {
      const path = join(folder, name);
      await writeFile(path, bytes);
      await expect(decodeImage(path), name).rejects.toMatchObject({
        code: 'E_IMAGE',
        message: expect.stringContaining(path),
      });
    }
    await expect(decodeImage(folder)).rejects.toThrow('it is a folder');
    await expect(decodeImage(join(folder, 'no.png'))).rejects.toThrow('there is no such file');
  });
});

describe('planGeometry', () => {
  it('is the paper for a square image', () => {
    const geometry = planGeometry({ width: 900, height: 900 }, paper);
    expect(geometry.placed).toEqual({ left: -16, top: -16, width: 256, height: 256 });
    expect(geometry.input).toEqual({ width: 224, height: 224 });
    expect(geometry.inspected).toEqual({ left: 56, top: 56, width: 788, height: 788 });
    expect(droppedShare(geometry)).toBeCloseTo(1 - (788 / 900) ** 2);
  });

  it('truncates the longer side, as torchvision does', () => {
    expect(planGeometry({ width: 641, height: 480 }, paper).placed).toMatchObject({
      width: 341,
      height: 256,
    });
  });

  it('pads around the centre and leaves the padding uninspected', () => {
    const geometry = planGeometry({ width: 100, height: 50 }, { resize: 'pad', imageSize: 64, crop: null });
    expect(geometry.placed).toEqual({ left: 0, top: 16, width: 64, height: 32 });
    expect(geometry.inspected).toEqual({ left: 0, top: 0, width: 100, height: 50 });
    expect(droppedShare(geometry)).toBe(0);
  });

  it('refuses a crop larger than the image', () => {
    expect(() => planGeometry({ width: 9, height: 9 }, { ...paper, crop: 300 })).toThrow('crop of 300');
  });
});

describe('loadInput', () => {
  it('always gives the crop, whatever the size', async () => {
    for (const [width, height] of [
      [1, 1],
      [300, 40],
      [40, 300],
      [1000, 1000],
    ] as const) {
      const image = await sharp({ create: { width, height, channels: 3, background: '#777' } })
        .png()
        .toBuffer();
      const { image: input } = await loadInput(image, paper);
      expect([input.width, input.height, input.data.length]).toEqual([224, 224, 224 * 224 * 3]);
    }
  });

  it('pads by repeating the edge', async () => {
    const { image } = await loadInput(await tiny().png().toBuffer(), {
      resize: 'pad',
      imageSize: 4,
      crop: null,
    });
    expect([...image.data.subarray(0, 12)]).toEqual([...pixels.subarray(0, 12)]);
    expect([...image.data.subarray(36, 48)]).toEqual([...pixels.subarray(12, 24)]);
  });
});

describe('writeTensor', () => {
  it('writes planes in the convention asked for', () => {
    const image = { data: Uint8Array.from([255, 0, 51, 0, 255, 102]), width: 2, height: 1 };
    const out = new Float32Array(7);
    writeTensor(image, '0..1', out, 1);
    expect([...out].map((x) => Math.round(x * 1000))).toEqual([0, 1000, 0, 0, 1000, 200, 400]);
    writeTensor(image, 'imagenet', out, 0);
    expect(out[0]).toBeCloseTo((1 - 0.485) / 0.229, 5);
    expect(out[5]).toBeCloseTo((0.4 - 0.406) / 0.225, 5);
    writeTensor(image, '-1..1', out, 0);
    expect([out[0], out[1]]).toEqual([1, -1]);
  });
});

describe('masks and maps', () => {
  it('puts a mask where its image goes, above half of its range', async () => {
    const path = join(folder, 'mask.png');
    const grey = Uint8Array.from({ length: 16 }, (_, i) =>
      i === 5 ? 255 : i === 6 ? 128 : i === 7 ? 127 : 0,
    );
    await sharp(grey, { raw: { width: 4, height: 4, channels: 1 } })
      .png()
      .toFile(path);
    const mask = await loadMask(path, planGeometry({ width: 4, height: 4 }, whole(8)));
    const on = [...mask].flatMap((value, i) => (value ? [[i % 8, Math.floor(i / 8)]] : []));
    expect(on).toEqual([
      [2, 2],
      [3, 2],
      [4, 2],
      [5, 2],
      [2, 3],
      [3, 3],
      [4, 3],
      [5, 3],
    ]);
    await expect(loadMask(path, planGeometry({ width: 5, height: 4 }, whole(8)))).rejects.toThrow(
      '4 x 4 pixels, but its image has 5 x 4',
    );
  });

  it('takes a mask of zeros and ones as it is meant', async () => {
    const path = join(folder, 'ones.png');
    await sharp(Uint8Array.from([0, 1, 0, 0]), { raw: { width: 2, height: 2, channels: 1 } })
      .png()
      .toFile(path);
    expect([...(await loadMask(path, planGeometry({ width: 2, height: 2 }, whole(2))))]).toEqual([
      0, 1, 0, 0,
    ]);
  });

  it.each([
    ['of 16 bits with the values of 8', 'grey16', 1, [0, 255, 0, 128], [0, 1, 0, 1]],
    ['of 16 bits', 'grey16', 1, [0, 65535, 32768, 32767], [0, 1, 1, 0]],
    ['of 16 bits in colours', 'rgb16', 3, [0, 0, 0, 0, 7, 0, 0, 0, 300, 0, 0, 0], [0, 1, 1, 0]],
    ['in colours', 'srgb', 3, [0, 0, 0, 0, 255, 0, 0, 0, 128, 127, 0, 0], [0, 1, 1, 0]],
    ['in colours, with alpha', 'srgb', 4, [0, 0, 0, 255, 0, 9, 0, 255, 0, 0, 9, 0, 0, 0, 0, 9], [0, 1, 1, 0]],
  ] as const)('reads a mask %s', async (what, space, channels, values, marked) => {
    const path = join(folder, `${what}.png`);
    const data = space.endsWith('16') ? Uint16Array.from(values) : Uint8Array.from(values);
    await sharp(data, { raw: { width: 2, height: 2, channels } })
      .toColourspace(space)
      .png()
      .toFile(path);
    expect([...(await loadMask(path, planGeometry({ width: 2, height: 2 }, whole(2))))]).toEqual(marked);
    expect(await isBlankMask(path)).toBe(false);
  });

  it('takes a mask for blank that has an alpha channel only', async () => {
    for (const [kind, space] of [
      ['grey', 'b-w'],
      ['grey16', 'grey16'],
    ] as const) {
      const path = join(folder, `blank-${kind}.png`);
      const data = kind === 'grey' ? Uint8Array.from([0, 255, 0, 9]) : Uint16Array.from([0, 65535, 0, 9]);
      await sharp(data, { raw: { width: 2, height: 1, channels: 2 } })
        .toColourspace(space)
        .png()
        .toFile(path);
      expect((await sharp(path).metadata()).channels).toBe(2);
      expect(await isBlankMask(path)).toBe(true);
    }
  });

  it('takes any colour of a BMP', async () => {
    const path = join(folder, 'green.bmp');
    const abgr = Buffer.from([0, 0, 0, 0, 0, 0, 255, 0]);
    const bmp = encode({ data: abgr, bitPP: 24, width: 2, height: 1 } as Parameters<typeof encode>[0]);
    await writeFile(path, bmp.data);
    expect([...(await loadMask(path, planGeometry({ width: 2, height: 1 }, whole(2))))]).toEqual([
      0, 1, 0, 1,
    ]);
  });

  it('brings a map back to the original and marks the rim as not inspected', () => {
    const geometry = planGeometry({ width: 8, height: 8 }, { resize: 'shorter', imageSize: 8, crop: 4 });
    const map = Float32Array.from({ length: 16 }, (_, i) => i);
    const placed = placeMap(map, geometry);
    expect(geometry.inspected).toEqual({ left: 2, top: 2, width: 4, height: 4 });
    placed.forEach((value, i) => {
      const [x, y] = [i % 8, Math.floor(i / 8)];
      const inside = x >= 2 && x < 6 && y >= 2 && y < 6;
      expect(value).toEqual(inside ? (y - 2) * 4 + x - 2 : Number.NaN);
    });
  });

  it('keeps a linear ramp linear when it is enlarged', () => {
    const geometry = planGeometry({ width: 40, height: 40 }, whole(10));
    const placed = placeMap(
      Float32Array.from({ length: 100 }, (_, i) => i % 10),
      geometry,
    );
    for (let x = 2; x < 38; x++) expect(placed[20 * 40 + x]).toBeCloseTo((x + 0.5) / 4 - 0.5, 5);
  });
});
