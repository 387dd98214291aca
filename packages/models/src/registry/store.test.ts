import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Backbone } from '../backbone/index.js';
import { temporaryFolder } from '../testing/temporary.js';
import { TINY_BACKBONE, testNetwork } from '../testing/tiny.js';
import {
  addBackbone,
  dataHome,
  findBackbone,
  listBackbones,
  registryFolder,
  removeBackbone,
} from './index.js';

const root = await temporaryFolder();
let homes = 0;
beforeEach(() => {
  vi.stubEnv('AD_HOME', join(root, `${homes++}`));
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const tiny = (options: object = {}) =>
  addBackbone('small-net', TINY_BACKBONE, { convention: '0..1', ...options });

describe('a name', () => {
  test('opens the file that was added, with its convention, wherever the original is now', async () => {
    const copy = join(root, 'copy.onnx');
    await writeFile(copy, await readFile(TINY_BACKBONE));
    const added = await addBackbone('small-net', copy, {
      convention: '-1..1',
      license: 'MIT',
      origin: 'own training',
    });
    await rm(copy);
    const backbone = await Backbone.open('small-net');
    await backbone.close();
    expect([backbone.name, backbone.convention]).toEqual(['small-net', '-1..1']);
    expect(backbone.source.sha256).toBe(added.sha256);
    expect(await findBackbone('small-net')).toEqual(added);
    expect(added).toMatchObject({ license: 'MIT', origin: 'own training', bytes: expect.any(Number) });
    expect(await readdir(registryFolder())).toEqual(['small-net']);
  });

  test('is one once: replaced only when asked, forgotten when removed', async () => {
    const first = await tiny();
    await expect(tiny()).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      hint: expect.stringMatching(/--replace/),
    });
    expect(await findBackbone('small-net')).toEqual(first);
    expect((await tiny({ replace: true, license: 'other' })).license).toBe('other');
    expect((await listBackbones()).map(({ name }) => name)).toEqual(['small-net']);
    await removeBackbone('small-net');
    expect(await listBackbones()).toEqual([]);
    await expect(removeBackbone('small-net')).rejects.toMatchObject({ code: 'E_ARGUMENT' });
    await expect(Backbone.open('small-net')).rejects.toMatchObject({ code: 'E_BACKBONE' });
    expect(await readdir(registryFolder())).toEqual([]);
  });

  test.each(['', '.', '..', 'a/b', '../up', 'net.onnx', 'x.tmp', '-x', 'mobilenetv2', 'a b'])(
    'is not %j',
    async (name) => {
      const added = addBackbone(name, TINY_BACKBONE, { convention: '0..1' });
      await expect(added).rejects.toMatchObject({ code: 'E_ARGUMENT' });
      await expect(removeBackbone(name)).rejects.toMatchObject({ code: 'E_ARGUMENT' });
    },
  );

  test('that two add at once is one of the two, whole', async () => {
    const outcomes = await Promise.allSettled([tiny({ license: 'a' }), tiny({ license: 'b' })]);
    const added = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(added).toHaveLength(1);
    expect(await findBackbone('small-net')).toEqual(added[0]);
  });

  test('that nobody added is an error that says which there are, and what can be fetched', async () => {
    await tiny();
    await expect(Backbone.open('resnet50')).rejects.toMatchObject({
      code: 'E_BACKBONE',
      hint: expect.stringMatching(/'mobilenetv2' \(embedded\), small-net.*ad backbone pull resnet50/),
    });
  });
});

describe('damage', () => {
  const entry = () => join(registryFolder(), 'small-net', 'backbone.json');

  test.each([
    ['no JSON', '{', /not JSON/],
    ['another document', '{"name": 1}', /at format/],
    ['of another name', undefined, /is that of 'other'/],
    ['of a newer version', '{"format": "ad-backbone", "schema": 9}', /newer version/],
  ])('in an entry is told: %s', async (_, text, message) => {
    await tiny();
    const content = text ?? (await readFile(entry(), 'utf8')).replace('small-net', 'other');
    await writeFile(entry(), content);
    const expected = { code: 'E_BACKBONE', message: expect.stringMatching(message) };
    await expect(Backbone.open('small-net')).rejects.toMatchObject(expected);
    expect(await listBackbones()).toEqual([{ name: 'small-net', problem: expect.stringMatching(message) }]);
    await removeBackbone('small-net');
    await tiny();
  });

  test('of the file is found by its digest', async () => {
    const { file } = await tiny();
    await writeFile(file, await readFile(testNetwork('fixed')));
    await expect(Backbone.open('small-net')).rejects.toMatchObject({
      code: 'E_BACKBONE',
      message: expect.stringMatching(/not the one that was added/),
    });
  });

  test('of what is to be added is refused before anything is stored', async () => {
    const text = join(root, 'text.onnx');
    await writeFile(text, 'version https://git-lfs.github.com/spec/v1');
    const added = addBackbone('text', text, { convention: '0..1' });
    await expect(added).rejects.toMatchObject({ code: 'E_BACKBONE' });
    expect(await listBackbones()).toEqual([]);
  });

  test('a folder that cannot be one is an error that names it', async () => {
    await mkdir(dataHome(), { recursive: true });
    await writeFile(registryFolder(), 'in the way');
    await expect(tiny()).rejects.toMatchObject({ code: 'E_WRITE', hint: expect.stringMatching(/AD_HOME/) });
  });
});

test('the data folder is AD_HOME, else that of XDG, else below the home folder', () => {
  expect(dataHome({ AD_HOME: '/a', XDG_DATA_HOME: '/x' })).toBe('/a');
  expect(dataHome({ XDG_DATA_HOME: '/x' })).toBe('/x/ad');
  expect(dataHome({ XDG_DATA_HOME: 'relative' })).toMatch(/\.local\/share\/ad$/);
  expect(dataHome({})).toMatch(/\.local\/share\/ad$/);
});
