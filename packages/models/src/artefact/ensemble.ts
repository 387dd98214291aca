import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdError } from '@ad/core-native';
import { z } from 'zod';
import { sha256 } from '../digest.js';
import { MANIFEST, present, writeFolder, writeManifest } from './folder.js';
import {
  digestSchema,
  parseModelFile,
  sizeSchema,
  thresholdsSchema,
  toolSchema,
  trainingSchema,
} from './manifest.js';
import type { FileDigest } from './safetensors.js';

/** Raised with every change that an older reader would misunderstand. */
export const ENSEMBLE_SCHEMA_VERSION = 1;

const standard = z.strictObject({ mean: z.number(), deviation: z.number().positive() });

/** model.json of an ensemble. Each member is a model folder of its own below it. */
export const ensembleSchema = z.strictObject({
  format: z.literal('ad-ensemble'),
  schema: z.literal(ENSEMBLE_SCHEMA_VERSION),
  tool: toolSchema,
  members: z
    .array(
      z.strictObject({
        folder: z.string().regex(/^members\/\d+-[\w-]+$/),
        image: standard,
        pixel: standard.nullable(),
      }),
    )
    .min(2),
  /** Good images that the members' means and deviations rest on. */
  heldOut: sizeSchema,
  thresholds: thresholdsSchema,
  training: trainingSchema,
  /** Of each member's model.json, which has those of its other files. */
  files: z.record(z.string(), digestSchema),
});

export type EnsembleManifest = z.infer<typeof ensembleSchema>;

/** A member as it is saved. */
export type SavedMember = Omit<EnsembleManifest['members'][number], 'folder'> & {
  name: string;
  save: (folder: string) => Promise<void>;
};

/**
 * Writes an ensemble's folder as {@link saveArtefact} writes a model's: whole or not at all.
 *
 * @throws AdError E_WRITE
 */
export async function saveEnsemble(
  folder: string,
  members: readonly SavedMember[],
  rest: Omit<EnsembleManifest, 'format' | 'schema' | 'members' | 'files'>,
): Promise<void> {
  await writeFolder(folder, async (draft) => {
    const saved: EnsembleManifest['members'] = [];
    const files: Record<string, FileDigest> = {};
    for (const [i, { name, image, pixel, save }] of members.entries()) {
      const member = `members/${i + 1}-${name.replace(/[^\w-]+/g, '-')}`;
      await save(join(draft, member));
      const file = await readFile(join(draft, member, MANIFEST));
      files[`${member}/${MANIFEST}`] = { bytes: file.length, sha256: sha256(file) };
      saved.push({ folder: member, image, pixel });
    }
    const head = { format: 'ad-ensemble', schema: ENSEMBLE_SCHEMA_VERSION } as const;
    const { tool, ...others } = rest;
    await writeManifest(draft, {
      ...head,
      tool,
      members: saved,
      ...others,
      files,
    } satisfies EnsembleManifest);
  });
}

/** Reads an ensemble's model.json and verifies those of its members; these verify the rest when they are loaded. */
export async function loadEnsemble(
  folder: string,
): Promise<{ manifest: EnsembleManifest; folders: string[] }> {
  const text = await present(folder, MANIFEST, () => readFile(join(folder, MANIFEST), 'utf8'));
  const manifest = parseEnsemble(join(folder, MANIFEST), text);
  for (const member of manifest.members) {
    const name = `${member.folder}/${MANIFEST}`;
    const file = await present(folder, name, () => readFile(join(folder, name)));
    if (manifest.files[name]?.sha256 === sha256(file)) continue;
    throw new AdError(
      'E_ARTEFACT',
      `The file ${join(folder, name)} is not the one that was saved with the ensemble.`,
      'Copy the model folder again from where it was made, or fit it again.',
    );
  }
  return { manifest, folders: manifest.members.map((member) => join(folder, member.folder)) };
}

/** Reads an ensemble's model.json. */
export function parseEnsemble(file: string, text: string): EnsembleManifest {
  return parseModelFile(file, text, {
    format: 'ad-ensemble',
    version: ENSEMBLE_SCHEMA_VERSION,
    schema: ensembleSchema,
  });
}
