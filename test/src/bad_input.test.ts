import { cp, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { AS_THEY_ARE, drawDataset, drawPart, network, TINY, temporaryFolder } from './parts.js';
import { ad, adAfter, type Ended } from './program.js';

const folder = await temporaryFolder();
const data = join(folder, 'stripes');
const model = join(folder, 'stripes.ad');
const fit = (from: string, ...more: string[]) =>
  ad(['fit', '--data', from, '--out', join(folder, 'new.ad'), ...TINY, ...more]);
const fitOn = (backbone: string, ...more: string[]) =>
  ad([
    'fit',
    ...['--data', data, '--out', join(folder, 'new.ad'), '--backbone', network(backbone)],
    ...AS_THEY_ARE,
    ...more,
  ]);
const predict = (path: string) => ad(['predict', '--model', path, join(data, 'test/good/0.png')]);

beforeAll(async () => {
  await drawDataset(data);
  expect((await ad(['fit', '--data', data, '--out', model, ...TINY])).code).toBe(0);
});

/** One paragraph that names the fault, a hint, exit code 1, nothing on stdout and no stack. */
function expectRefusal(
  { code, stdout, stderr }: Ended,
  errorCode: string,
  message: RegExp,
  hint: RegExp,
): void {
  expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: '' });
  const [, said, help] = /error (.*?)\nhint (.*)/s.exec(stderr) ?? [];
  expect(said, stderr).toMatch(new RegExp(`^${errorCode} `));
  expect(said).toMatch(message);
  expect(help).toMatch(hint);
  expect(stderr).not.toMatch(/\n\s+at /);
}

describe('images', () => {
  test('an empty folder', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    expectRefusal(await fit(empty), 'E_DATASET', /empty/, /image/);
  });

  test('a folder that is not there', async () => {
    expectRefusal(await fit(join(folder, 'nowhere')), 'E_DATASET', /nowhere/, /./);
  });

  test('one image', async () => {
    const one = join(folder, 'one');
    await drawPart(join(one, 'a.png'), 0);
    expectRefusal(await fit(one), 'E_TOO_FEW_IMAGES', /1 good image/, /--threshold none/);
    expect((await fit(one, '--threshold', 'none')).code).toBe(0);
  });

  test('a text file named .png and a truncated JPEG among good ones', async () => {
    const mixed = join(folder, 'mixed');
    for (let i = 0; i < 4; i++) await drawPart(join(mixed, `${i}.png`), i);
    await writeFile(join(mixed, 'notes.png'), 'not a picture at all');
    const jpeg = await sharp(join(mixed, '0.png')).jpeg().toBuffer();
    await writeFile(join(mixed, 'cut.jpg'), jpeg.subarray(0, jpeg.length * 0.6));
    const strict = await fit(mixed, '--threshold', 'none');
    expectRefusal(strict, 'E_IMAGE', /^E_IMAGE 2 of 6 images .*cut\.jpg.*notes\.png/s, /--skip-unreadable/);
    const lenient = await fit(mixed, '--threshold', 'none', '--skip-unreadable', '--json');
    expect(lenient.code).toBe(0);
    expect(lenient.stderr).toMatch(/left out: .*cut\.jpg/);
    expect(lenient.stderr).toMatch(/left out: .*notes\.png/);
    expect(JSON.parse(lenient.stdout)).toMatchObject({ images: 4, skipped: 2 });
  });

  test('images of different sizes', async () => {
    const sizes = join(folder, 'sizes');
    for (let i = 0; i < 3; i++) await drawPart(join(sizes, `${i}.png`), i);
    await sharp(join(sizes, '0.png')).resize(128, 64, { fit: 'fill' }).toFile(join(sizes, 'wide.png'));
    expectRefusal(
      await fit(sizes, '--threshold', 'none'),
      'E_IMAGE',
      /64 x 64 and another 128 x 64/,
      /--resize/,
    );
  });
});

describe('backbones', () => {
  test('without the named layer: lists what it has', async () => {
    expectRefusal(
      await fit(data, '--layers', 'fine,layer4'),
      'E_BACKBONE_LAYER',
      /no output 'layer4'/,
      /fine, coarse/,
    );
  });

  test('with an input of the wrong rank', async () => {
    const ended = await fitOn('vectors');
    expectRefusal(ended, 'E_BACKBONE', /float32 \[1, 8\]; expected/, /NCHW/);
  });

  test('that take one size only', async () => {
    const ended = await fitOn('fixed', '--layers', 'grid', '--image-size', '96');
    expectRefusal(ended, 'E_BACKBONE', /64 x 64 only, but they would be 96 x 96/, /--crop 64/);
    expect((await fitOn('fixed', '--layers', 'grid')).code).toBe(0);
  });

  test('that are no ONNX file', async () => {
    expectRefusal(
      await fit(data, '--backbone', join(data, 'train/good/0.png')),
      'E_BACKBONE',
      /0\.png|'0'/,
      /./,
    );
  });
});

describe('model folders', () => {
  /** A copy of the model with one file changed. */
  async function damaged(
    name: string,
    file: string,
    change: (path: string) => Promise<void>,
  ): Promise<string> {
    const copy = join(folder, name);
    await cp(model, copy, { recursive: true });
    await change(join(copy, file));
    return copy;
  }

  test('that are not there, and that are something else', async () => {
    expectRefusal(await predict(join(folder, 'none.ad')), 'E_ARTEFACT', /no model folder/, /ad fit/);
    expectRefusal(await predict(data), 'E_ARTEFACT', /model\.json/, /./);
  });

  test('with truncated tensors', async () => {
    const path = await damaged('short.ad', 'tensors.safetensors', (file) => truncate(file, 500));
    expectRefusal(await predict(path), 'E_ARTEFACT', /tensors\.safetensors/, /again/);
  });

  test('with one changed byte: the checksum finds it', async () => {
    const path = await damaged('flipped.ad', 'backbone.onnx', async (file) => {
      const bytes = await readFile(file);
      bytes[100]! ^= 1;
      await writeFile(file, bytes);
    });
    expectRefusal(await predict(path), 'E_ARTEFACT', /backbone\.onnx .*SHA-256/, /again/);
  });

  test('of a newer schema', async () => {
    const path = await damaged('newer.ad', 'model.json', async (file) => {
      const manifest = JSON.parse(await readFile(file, 'utf8'));
      await writeFile(file, JSON.stringify({ ...manifest, schema: 99 }));
    });
    expectRefusal(await predict(path), 'E_ARTEFACT_SCHEMA', /schema 99 .* reads up to schema 1/, /Update/);
  });
});

describe('when saving is cut off', () => {
  const bytes = async () =>
    Promise.all((await readdir(model)).sort().map((name) => readFile(join(model, name))));
  const drafts = async () => (await readdir(folder)).filter((name) => /\.(tmp|old)$/.test(name));

  test('a full disk leaves the old model whole', async () => {
    const before = await bytes();
    // A limit on file sizes stands for the disk: writing ends in the middle of the tensors.
    const ended = await adAfter("trap '' XFSZ; ulimit -f 4", [
      'fit',
      '--data',
      data,
      '--out',
      model,
      ...TINY,
      '--coreset',
      '1',
    ]);
    expectRefusal(ended, 'E_WRITE', /could not be saved/, /Free some space/);
    expect(await bytes()).toEqual(before);
    expect(await drafts()).toEqual([]);
  });

  test('a folder that is something else is left alone', async () => {
    const ended = await ad(['fit', '--data', data, '--out', join(data, 'train'), ...TINY]);
    expectRefusal(ended, 'E_WRITE', /exists and is not a model folder/, /--out/);
    expect(await readdir(join(data, 'train'))).toEqual(['good']);
  });

  test('Ctrl-C during fit stops at once and writes nothing', async () => {
    const many = join(folder, 'many');
    for (let i = 0; i < 60; i++) await drawPart(join(many, `${i}.png`), i);
    const out = join(folder, 'interrupted.ad');
    const args = [
      'fit',
      '--data',
      many,
      '--out',
      out,
      '--image-size',
      '256',
      '--crop',
      'none',
      '--threshold',
      'none',
    ];
    const ended = await ad(args, { onStderr: (child) => child.kill('SIGINT') });
    expect([ended.code, ended.signal]).toEqual([130, null]);
    expect(ended.stderr).toMatch(/Interrupted; nothing is left half-written/);
    expect((await readdir(folder)).filter((name) => name.startsWith('interrupted'))).toEqual([]);
  });
});

test('pictures that cannot be written', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const ended = await ad(['predict', '--model', model, join(data, 'test'), '--out', join(file, 'below')]);
  expectRefusal(ended, 'E_WRITE', /Pictures could not be written/, /--out/);
});

test('a place where no model can be saved, before the work', async () => {
  const file = join(folder, 'a file');
  await writeFile(file, '');
  const ended = await fit(data, '--out', file);
  expectRefusal(ended, 'E_WRITE', /exists and is not a model folder/, /--out/);
  expect(ended.stderr).not.toMatch(/images/);
});

test('images that nobody could look at are told, and are no success', async () => {
  const broken = join(folder, 'broken.png');
  await writeFile(broken, 'no image');
  const of = async (...inputs: string[]) => {
    const { code, stdout } = await ad([
      'predict',
      '--model',
      model,
      ...inputs,
      '--skip-unreadable',
      '--json',
    ]);
    const { predictions, skipped } = JSON.parse(stdout);
    return { code, predictions: predictions.length, skipped };
  };
  const skipped = [{ path: broken, code: 'E_IMAGE', message: expect.stringContaining('broken.png') }];
  const [good] = (await readdir(join(data, 'train', 'good'))).map((name) =>
    join(data, 'train', 'good', name),
  );
  expect(await of(good!, broken)).toEqual({ code: 0, predictions: 1, skipped });
  expect(await of(broken)).toEqual({ code: 1, predictions: 0, skipped });
});

test('images without labels cannot be evaluated', async () => {
  const ended = await ad(['evaluate', '--model', model, '--data', join(data, 'train', 'good')]);
  expectRefusal(ended, 'E_TOO_FEW_IMAGES', /no labelled test images/, /good and defective test images/);
});

test('with --json an error is one document too', async () => {
  const usage = await ad(['fit', '--data', data, '--out', join(folder, 'x.ad'), '--method', 'foo', '--json']);
  expect(usage.code).toBe(2);
  expect(JSON.parse(usage.stdout)).toMatchObject({
    error: { code: 'E_ARGUMENT', message: expect.stringContaining("'foo' is invalid") },
  });
  const { code, stdout } = await ad(['inspect', join(folder, 'none.ad'), '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'E_ARTEFACT', hint: expect.any(String) } });
});
