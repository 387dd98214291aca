import { randomBytes } from 'node:crypto';
import { access, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AdError } from '@ad/core-native';
import { sha256 } from '../digest.js';
import { type Manifest, parseManifest } from './manifest.js';
import { type FileDigest, readSafetensors, type Tensor, writeSafetensors } from './safetensors.js';

const MANIFEST = 'model.json';
const TENSORS = 'tensors.safetensors';
const BACKBONE = 'backbone.onnx';

/** What a model folder holds. */
export interface Artefact {
  manifest: Manifest;
  tensors: Record<string, Tensor>;
  /** The ONNX file; absent when the model keeps only its digest. */
  backbone?: Uint8Array | undefined;
}

/**
 * Writes a model folder. It is built beside its destination and renamed into place: whatever goes wrong, a full disk
 * or a signal, an older model at the same place stays whole.
 *
 * @throws AdError E_WRITE
 */
export async function saveArtefact(
  folder: string,
  artefact: Omit<Artefact, 'manifest'> & { manifest: Omit<Manifest, 'files'> },
): Promise<void> {
  const target = resolve(folder);
  await checkReplaceable(target);
  const draft = `${target}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(draft);
    const files: Record<string, FileDigest> = {
      [TENSORS]: await writeSafetensors(join(draft, TENSORS), artefact.tensors),
    };
    if (artefact.backbone) files[BACKBONE] = await writeBytes(join(draft, BACKBONE), artefact.backbone);
    const text = `${JSON.stringify({ ...artefact.manifest, files }, null, 2)}\n`;
    await writeBytes(join(draft, MANIFEST), new TextEncoder().encode(text));
    await replace(draft, target);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    if (cause instanceof AdError) throw cause;
    throw new AdError(
      'E_WRITE',
      `The model could not be saved to ${folder}: ${(cause as Error).message}.`,
      'Free some space or choose another place with --out. Nothing that was there before has been changed.',
      { cause },
    );
  }
}

/**
 * Reads a model folder and verifies every checksum.
 *
 * @throws AdError E_ARTEFACT (missing, damaged), E_ARTEFACT_SCHEMA (newer), naming the file and what was expected
 */
export async function loadArtefact(folder: string): Promise<Artefact> {
  const manifest = await readManifest(folder);
  const expect = (file: string, found: FileDigest) => {
    const expected = manifest.files[file];
    if (expected?.sha256 === found.sha256) return;
    throw new AdError(
      'E_ARTEFACT',
      `The file ${join(folder, file)} is not the one that was saved: it has the SHA-256 ${found.sha256}, model.json expects ${expected?.sha256 ?? 'no such file'}.`,
      'Copy the model folder again from where it was made, or fit it again.',
    );
  };
  const { tensors, digest } = await present(folder, TENSORS, () => readSafetensors(join(folder, TENSORS)));
  expect(TENSORS, digest);
  if (!manifest.backbone.embedded) return { manifest, tensors };
  const backbone = await present(folder, BACKBONE, () => readFile(join(folder, BACKBONE)));
  expect(BACKBONE, { bytes: backbone.length, sha256: sha256(backbone) });
  return { manifest, tensors, backbone };
}

/** Reads only what describes a model. */
export async function readManifest(folder: string): Promise<Manifest> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new AdError(
      'E_ARTEFACT',
      `There is no model folder at ${folder}${found ? ': it is a file' : ''}.`,
      "Give the folder that 'ad fit --out' wrote, usually named <name>.ad.",
    );
  }
  const text = await present(folder, MANIFEST, () => readFile(join(folder, MANIFEST), 'utf8'));
  return parseManifest(join(folder, MANIFEST), text);
}

async function present<T>(folder: string, file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof AdError) throw cause;
    throw new AdError(
      'E_ARTEFACT',
      `The model folder ${folder} has no readable ${file}: ${(cause as Error).message}.`,
      'Copy the model folder again from where it was made, or fit it again.',
      { cause },
    );
  }
}

/** An old model may be replaced; a folder or file that is something else may not. */
async function checkReplaceable(target: string): Promise<void> {
  const found = await stat(target).catch(() => undefined);
  if (!found) return;
  const isModel =
    found.isDirectory() &&
    (await access(join(target, MANIFEST)).then(
      () => true,
      () => false,
    ));
  if (isModel) return;
  throw new AdError(
    'E_WRITE',
    `${target} exists and is not a model folder; it is left alone.`,
    'Choose another place with --out, for example part.ad.',
  );
}

async function replace(draft: string, target: string): Promise<void> {
  const old = `${target}.${randomBytes(4).toString('hex')}.old`;
  const existed = await rename(target, old).then(
    () => true,
    () => false,
  );
  try {
    await rename(draft, target);
  } catch (cause) {
    if (existed) await rename(old, target);
    throw cause;
  }
  if (existed) await rm(old, { recursive: true, force: true });
}

async function writeBytes(file: string, bytes: Uint8Array): Promise<FileDigest> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes: bytes.length, sha256: sha256(bytes) };
}
