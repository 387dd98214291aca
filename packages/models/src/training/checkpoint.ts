import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AdError } from '@ad/core-native';
import { z } from 'zod';
import { readSafetensors, type Tensor, writeSafetensors } from '../artefact/index.js';
import type { Plain } from './training_session.js';

const positionSchema = z.strictObject({
  /** What run this is: another one's checkpoint must not be continued. */
  run: z.string(),
  /** Steps that were taken, of all epochs. */
  steps: z.int().nonnegative(),
  /** Mean loss of each finished epoch. */
  losses: z.array(z.number()),
  /** Losses of the steps of the epoch that is under way. */
  recent: z.array(z.number()),
  /** Of the very first steps: what divergence is measured by. */
  start: z.number(),
  /** The epoch that did best on held-out images. */
  best: z.strictObject({ loss: z.number(), epoch: z.int() }).nullable(),
});

/** Where a training stands, beside the state. */
export type Position = z.infer<typeof positionSchema>;

/** Everything that the next step depends on. */
export interface Checkpoint {
  position: Position;
  state: Record<string, Plain>;
  /** The state of `position.best`. */
  best?: Record<string, Plain> | undefined;
}

const FILE = 'checkpoint.safetensors';
const POSITION = '#position';
const BEST = '#best:';

/** Where the checkpoint of a folder lies. */
export function checkpointFile(folder: string): string {
  return join(folder, FILE);
}

/**
 * Writes a checkpoint beside the one before and puts it in its place: whatever happens, one of the two is whole.
 *
 * @throws AdError E_WRITE
 */
export async function saveCheckpoint(
  folder: string,
  { position, state, best = {} }: Checkpoint,
): Promise<void> {
  const file = checkpointFile(folder);
  const draft = `${file}.tmp`;
  const text = new TextEncoder().encode(JSON.stringify(position));
  const tensors: Record<string, Tensor> = { [POSITION]: { data: text, shape: [text.length] } };
  for (const [name, { data, shape }] of [...Object.entries(state), ...prefixed(best)]) {
    tensors[name] = { data, shape: [...shape] };
  }
  try {
    await mkdir(folder, { recursive: true });
    await writeSafetensors(draft, tensors);
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true, recursive: true });
    throw new AdError(
      'E_WRITE',
      `The checkpoint could not be written to ${folder}: ${(cause as Error).message}.`,
      'Free some space, or choose another place with --checkpoints. The checkpoint before, if there was one, is whole.',
      { cause },
    );
  }
}

/**
 * The checkpoint of a folder, undefined where there is none.
 *
 * @param run - what it must be a checkpoint of
 * @throws AdError E_ARTEFACT where it is damaged, E_ARGUMENT where it is another run's
 */
export async function loadCheckpoint(folder: string, run: string): Promise<Checkpoint | undefined> {
  const file = checkpointFile(folder);
  if (!(await stat(file).catch(() => undefined))) return undefined;
  const { tensors } = await readSafetensors(file);
  const { [POSITION]: text, ...state } = tensors;
  const position = text && positionSchema.safeParse(parsed(text));
  if (!position?.success || !Object.values(state).every(({ data }) => data instanceof Float32Array)) {
    throw new AdError(
      'E_ARTEFACT',
      `${file} is not a checkpoint of this version.`,
      `Remove ${file} to begin anew.`,
    );
  }
  if (position.data.run !== run) {
    throw new AdError(
      'E_ARGUMENT',
      `${file} was made by training with other images, settings, seed or backbone.`,
      'Name another folder with --checkpoints, or remove this one to begin anew.',
    );
  }
  const entries = Object.entries(state as Record<string, Plain>);
  const isBest = ([name]: [string, Plain]) => name.startsWith(BEST);
  const best = entries.filter(isBest).map(([name, tensor]) => [name.slice(BEST.length), tensor] as const);
  return {
    position: position.data,
    state: Object.fromEntries(entries.filter((entry) => !isBest(entry))),
    best: best.length > 0 ? Object.fromEntries(best) : undefined,
  };
}

function prefixed(best: Record<string, Plain>): [string, Plain][] {
  return Object.entries(best).map(([name, tensor]) => [BEST + name, tensor]);
}

function parsed({ data }: Tensor): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data as Uint8Array));
  } catch {
    return undefined;
  }
}
