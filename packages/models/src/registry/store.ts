import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AdError } from '@ad/core-native';
import { z } from 'zod';
import { replace, writeBytes } from '../artefact/folder.js';
import { dataHome } from './home.js';

const ENTRY = 'backbone.json';
const MODEL = 'backbone.onnx';
const SCHEMA_VERSION = 1;

const entrySchema = z.strictObject({
  format: z.literal('ad-backbone'),
  schema: z.literal(SCHEMA_VERSION),
  name: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
  /** What values the input wants. */
  convention: z.enum(['imagenet', '0..255', '-1..1', '0..1']),
  /** As whoever added it wrote it. */
  license: z.string().nullable(),
  /** Where the file came from. */
  origin: z.string().nullable(),
  added: z.iso.datetime(),
});

/** What is known of a backbone in the user's data folder. */
export type RegisteredBackbone = Omit<z.infer<typeof entrySchema>, 'format' | 'schema'> & {
  /** The ONNX file. */
  file: string;
};

/** An entry that cannot be used, and why. */
export interface DamagedEntry {
  name: string;
  problem: string;
}

/** Where the backbones are that have names. */
export function registryFolder(): string {
  return join(dataHome(), 'backbones');
}

/**
 * The backbone of a name; undefined where there is none.
 *
 * @throws AdError E_BACKBONE where its entry is damaged
 */
export async function findBackbone(name: string): Promise<RegisteredBackbone | undefined> {
  if (!isName(name)) return undefined;
  const folder = join(registryFolder(), name);
  let text: string;
  try {
    text = await readFile(join(folder, ENTRY), 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const gone = code === 'ENOENT' || code === 'ENOTDIR';
    if (gone && !(await readdir(folder).catch(() => undefined))) return undefined;
    throw damaged(name, folder, gone ? `it has no ${ENTRY}` : message);
  }
  const { format, schema, ...entry } = parse(name, folder, text);
  return { ...entry, file: join(folder, MODEL) };
}

/** All backbones with names, in their order, and what is damaged. */
export async function listBackbones(): Promise<(RegisteredBackbone | DamagedEntry)[]> {
  const names = await readdir(registryFolder()).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw unusable(error);
  });
  const entries = names
    .filter(isName)
    .sort()
    .map((name) =>
      findBackbone(name).catch((error: AdError): DamagedEntry => ({ name, problem: error.message })),
    );
  return (await Promise.all(entries)).filter((entry) => entry !== undefined);
}

/**
 * Stores a backbone under its name, whole or not at all.
 *
 * @throws AdError E_ARGUMENT (a name that cannot be one, or is taken), E_WRITE
 */
export async function storeBackbone(
  bytes: Uint8Array,
  about: Omit<RegisteredBackbone, 'file' | 'bytes' | 'added'>,
  { replacing = false } = {},
): Promise<RegisteredBackbone> {
  const { name } = about;
  checkName(name);
  const folder = join(registryFolder(), name);
  const draft = `${folder}.${randomBytes(4).toString('hex')}.tmp`;
  const entry = { ...about, bytes: bytes.length, added: new Date().toISOString() };
  try {
    await mkdir(draft, { recursive: true });
    await writeBytes(join(draft, MODEL), bytes);
    const document = { format: 'ad-backbone', schema: SCHEMA_VERSION, ...entry };
    await writeBytes(join(draft, ENTRY), new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`));
    if (replacing) await replace(draft, folder);
    else await rename(draft, folder);
  } catch (error) {
    // Where the folder itself is in the way there is no draft; that is told below.
    await rm(draft, { recursive: true, force: true }).catch(() => {});
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') throw taken(name);
    throw unusable(error as Error);
  }
  return { ...entry, file: join(folder, MODEL) };
}

/**
 * Removes a backbone, damaged or not. Models that contain it are not touched.
 *
 * @throws AdError E_ARGUMENT where there is none of this name, E_WRITE
 */
export async function removeBackbone(name: string): Promise<void> {
  const folder = join(registryFolder(), name);
  const old = `${folder}.${randomBytes(4).toString('hex')}.old`;
  try {
    if (!isName(name)) throw Object.assign(new Error(), { code: 'ENOENT' });
    await rename(folder, old);
    await rm(old, { recursive: true, force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unusable(error as Error);
    const names = (await listBackbones()).map((entry) => entry.name);
    throw new AdError(
      'E_ARGUMENT',
      `There is no backbone '${name}' to remove.`,
      names.length > 0 ? `There are: ${names.join(', ')}.` : 'None has been added.',
    );
  }
}

/**
 * Refuses what cannot be a backbone's name: one that would be taken for a file, or is not a plain word.
 *
 * @throws AdError E_ARGUMENT
 */
export function checkName(name: string): void {
  if (isName(name)) return;
  throw new AdError(
    'E_ARGUMENT',
    `'${name}' cannot be the name of a backbone; expected letters, digits, '-', '_' and '.', not ending in .onnx.`,
  );
}

/** Drafts and what is being removed have another ending; no name has two dots before such. */
function isName(name: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,99}$/.test(name) && !/\.(onnx|tmp|old)$/i.test(name);
}

function parse(name: string, folder: string, text: string): z.infer<typeof entrySchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(name, folder, `${ENTRY} is not JSON: ${(cause as Error).message}`);
  }
  const { schema } = (value ?? {}) as { schema?: unknown };
  if (typeof schema === 'number' && schema > SCHEMA_VERSION) {
    throw damaged(name, folder, `a newer version of this tool wrote it (schema ${schema})`);
  }
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw damaged(name, folder, `${ENTRY} at ${issue.path.join('.') || 'its top'}: ${issue.message}`);
  }
  if (parsed.data.name !== name) throw damaged(name, folder, `${ENTRY} is that of '${parsed.data.name}'`);
  return parsed.data;
}

function damaged(name: string, folder: string, what: string): AdError {
  return new AdError(
    'E_BACKBONE',
    `The entry of the backbone '${name}' in ${folder} is damaged: ${what}.`,
    `Remove it with 'ad backbone remove ${name}' and add the file again.`,
  );
}

function taken(name: string): AdError {
  return new AdError(
    'E_ARGUMENT',
    `There is a backbone '${name}' already.`,
    'Choose another name, or replace it with --replace.',
  );
}

function unusable(cause: Error): AdError {
  return new AdError(
    'E_WRITE',
    `The folder of backbones, ${registryFolder()}, cannot be used: ${cause.message}.`,
    'Make it writable, or name another with AD_HOME.',
    { cause },
  );
}
