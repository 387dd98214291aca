import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AdError } from '@ad/core-native';
import { sha256 } from '../digest.js';
import { type EnsembleManifest, parseEnsemble } from './ensemble.js';
import { MANIFEST, present, writeBytes, writeFolder, writeManifest } from './folder.js';
import { formatOf, type Manifest, parseManifest } from './manifest.js';
import { type FileDigest, readSafetensors, type Tensor, writeSafetensors } from './safetensors.js';

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
 * Writes a model folder, whole or not at all.
 *
 * @throws AdError E_WRITE
 */
export async function saveArtefact(
  folder: string,
  artefact: Omit<Artefact, 'manifest'> & { manifest: Omit<Manifest, 'files'> },
): Promise<void> {
  await writeFolder(folder, async (draft) => {
    const files: Record<string, FileDigest> = {
      [TENSORS]: await writeSafetensors(join(draft, TENSORS), artefact.tensors),
    };
    if (artefact.backbone) files[BACKBONE] = await writeBytes(join(draft, BACKBONE), artefact.backbone);
    await writeManifest(draft, { ...artefact.manifest, files });
  });
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

/** Reads only what describes a single model. */
export async function readManifest(folder: string): Promise<Manifest> {
  return parseManifest(join(folder, MANIFEST), await readModelFile(folder));
}

/** Reads only what describes a model or an ensemble; `format` tells which. */
export async function readDescription(folder: string): Promise<Manifest | EnsembleManifest> {
  const text = await readModelFile(folder);
  const parse = formatOf(text) === 'ad-ensemble' ? parseEnsemble : parseManifest;
  return parse(join(folder, MANIFEST), text);
}

async function readModelFile(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new AdError(
      'E_ARTEFACT',
      `There is no model folder at ${folder}${found ? ': it is a file' : ''}.`,
      "Give the folder that 'ad fit --out' wrote, usually named <name>.ad.",
    );
  }
  return present(folder, MANIFEST, () => readFile(join(folder, MANIFEST), 'utf8'));
}
