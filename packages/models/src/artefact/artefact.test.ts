import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../digest.js';
import { temporaryFolder } from '../testing/temporary.js';
import { loadArtefact, saveArtefact } from './artefact.js';
import type { Manifest } from './manifest.js';

const folder = await temporaryFolder();
const onnx = new TextEncoder().encode('not really a network');

function artefact(seed = 0) {
  const manifest: Omit<Manifest, 'files'> = {
    format: 'ad-model',
    schema: 1,
    tool: { name: '@ad/models', version: '0.1.0' },
    method: { name: 'patchcore', settings: { coreset: 0.1 }, state: { scales: [1] } },
    backbone: {
      name: 'tiny',
      sha256: sha256(onnx),
      embedded: true,
      convention: 'imagenet',
      layers: [{ name: 'a', channels: 2, stride: 8 }],
    },
    preprocess: { resize: 'shorter', imageSize: 256, crop: 224 },
    map: { sigma: 4, border: 'mirror' },
    thresholds: { image: { origin: 'given', value: 1.5 }, pixel: { origin: 'none', value: null } },
    training: { dataset: 'bottle', images: 3, patches: 12, skipped: 0, seed },
  };
  return {
    manifest,
    tensors: { bank: { data: Float32Array.from([1, 2, 3, 4]), shape: [2, 2] } },
    backbone: onnx,
  };
}

async function saved(name: string): Promise<string> {
  const path = join(folder, name);
  await saveArtefact(path, artefact());
  return path;
}

async function edit(path: string, change: (manifest: Record<string, unknown>) => void): Promise<void> {
  const file = join(path, 'model.json');
  const manifest = JSON.parse(await readFile(file, 'utf8'));
  change(manifest);
  await writeFile(file, JSON.stringify(manifest));
}

describe('artefact', () => {
  it('gives back what was saved and leaves nothing beside it', async () => {
    const path = await saved('round.ad');
    const loaded = await loadArtefact(path);
    expect(loaded.manifest).toMatchObject(artefact().manifest);
    expect(loaded.tensors).toEqual(artefact().tensors);
    expect(new Uint8Array(loaded.backbone!)).toEqual(onnx);
    expect((await readdir(folder)).filter((name) => name.startsWith('round.ad'))).toEqual(['round.ad']);
  });

  it('replaces an older model, but nothing that is not a model', async () => {
    const path = await saved('again.ad');
    await saveArtefact(path, artefact(7));
    expect((await loadArtefact(path)).manifest.training.seed).toBe(7);
    const other = join(folder, 'photos');
    await mkdir(other);
    await writeFile(join(other, 'a.jpg'), 'x');
    await expect(saveArtefact(other, artefact())).rejects.toMatchObject({ code: 'E_WRITE' });
    expect(await readdir(other)).toEqual(['a.jpg']);
  });

  it('keeps the old model whole when writing the new one fails', async () => {
    const path = await saved('kept.ad');
    // Fails while the backbone is written, after the tensors: where a full disk would strike.
    const broken = { ...artefact(9), backbone: 5 as unknown as Uint8Array };
    await expect(saveArtefact(path, broken)).rejects.toMatchObject({ code: 'E_WRITE' });
    expect((await loadArtefact(path)).manifest.training.seed).toBe(0);
    expect((await readdir(folder)).filter((name) => name.startsWith('kept.ad'))).toEqual(['kept.ad']);
  });

  it('refuses model.json cut at every byte', async () => {
    const path = await saved('cut.ad');
    const file = join(path, 'model.json');
    const bytes = await readFile(file);
    // The last byte is the line end: without it the document is still whole.
    for (let length = 0; length < bytes.length - 1; length++) {
      await writeFile(file, bytes.subarray(0, length));
      await expect(loadArtefact(path)).rejects.toMatchObject({
        code: 'E_ARTEFACT',
        message: expect.stringContaining(file),
      });
    }
  });

  it('names the file whose checksum differs', async () => {
    for (const name of ['tensors.safetensors', 'backbone.onnx']) {
      const path = await saved(`flip-${name}.ad`);
      const file = join(path, name);
      const bytes = await readFile(file);
      bytes[bytes.length - 1]! ^= 1;
      await writeFile(file, bytes);
      await expect(loadArtefact(path)).rejects.toMatchObject({
        code: 'E_ARTEFACT',
        message: expect.stringContaining(file),
      });
    }
  });

  it('says that a newer schema needs a newer tool', async () => {
    const path = await saved('newer.ad');
    await edit(path, (manifest) => {
      manifest.schema = 2;
      manifest.something = 'new';
    });
    await expect(loadArtefact(path)).rejects.toMatchObject({
      code: 'E_ARTEFACT_SCHEMA',
      message: expect.stringContaining('schema 2'),
    });
  });

  it('names the field that is wrong, NaN among them', async () => {
    const path = await saved('field.ad');
    await edit(path, (manifest) => {
      (manifest.thresholds as { image: unknown }).image = { origin: 'given', value: Number.NaN };
    });
    await expect(loadArtefact(path)).rejects.toThrow('thresholds.image.value');
  });

  it('lets a person edit the threshold', async () => {
    const path = await saved('edited.ad');
    await edit(path, (manifest) => {
      manifest.thresholds = { image: { origin: 'given', value: 2 }, pixel: { origin: 'given', value: 3 } };
    });
    expect((await loadArtefact(path)).manifest.thresholds.image.value).toBe(2);
  });

  it('says what is missing', async () => {
    await expect(loadArtefact(join(folder, 'nowhere.ad'))).rejects.toThrow('There is no model folder at');
    const file = join(folder, 'file.ad');
    await writeFile(file, '');
    await expect(loadArtefact(file)).rejects.toThrow('it is a file');
    const empty = join(folder, 'empty.ad');
    await mkdir(empty);
    await expect(loadArtefact(empty)).rejects.toThrow('there is no model.json in it');
  });
});
