import { randomBytes } from 'node:crypto';
import { access, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AdError } from '@ad/core-native';
import { sha256 } from '../digest.js';
import type { FileDigest } from './safetensors.js';

/** What every model folder has. */
export const MANIFEST = 'model.json';

/**
 * Writes a model folder. It is built beside its destination and renamed into place: whatever goes wrong, a full disk
 * or a signal, an older model at the same place stays whole.
 *
 * @param build - writes into the folder that will be the model's
 * @throws AdError E_WRITE
 */
export async function writeFolder(folder: string, build: (draft: string) => Promise<void>): Promise<void> {
  const target = resolve(folder);
  await checkReplaceable(target);
  const draft = draftOf(target);
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(draft);
    await build(draft);
    await replace(draft, target);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    if (cause instanceof AdError) throw cause;
    throw unsaved(folder, cause);
  }
}

function draftOf(target: string): string {
  return `${target}.${randomBytes(4).toString('hex')}.tmp`;
}

function unsaved(folder: string, cause: unknown): AdError {
  return new AdError(
    'E_WRITE',
    `The model could not be saved to ${folder}: ${(cause as Error).message}.`,
    'Free some space or choose another place with --out. Nothing that was there before has been changed.',
    { cause },
  );
}

/**
 * Whether a model could be saved there, so that nobody learns of it after hours of training.
 *
 * @throws AdError E_WRITE
 * @example
 * await checkWritable('bottle.ad');
 */
export async function checkWritable(folder: string): Promise<void> {
  const target = resolve(folder);
  await checkReplaceable(target);
  const draft = draftOf(target);
  try {
    await mkdir(draft, { recursive: true });
    await rm(draft, { recursive: true });
  } catch (cause) {
    throw unsaved(folder, cause);
  }
}

/** Writes model.json: what makes a folder a model. */
export async function writeManifest(draft: string, manifest: object): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeBytes(join(draft, MANIFEST), new TextEncoder().encode(text));
}

/** Does `read`; what the file system says becomes an error that names the file. */
export async function present<T>(folder: string, file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof AdError) throw cause;
    if (file === MANIFEST && (cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new AdError(
        'E_ARTEFACT',
        `${folder} is not a model folder: there is no ${file} in it.`,
        'Name a folder that `ad fit` has written, such as bottle.ad.',
        { cause },
      );
    }
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

/** Moves a complete folder to its place, and what was there away. */
export async function replace(draft: string, target: string): Promise<void> {
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

/** Writes a file through to the disk. */
export async function writeBytes(file: string, bytes: Uint8Array): Promise<FileDigest> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes: bytes.length, sha256: sha256(bytes) };
}
