import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AdError } from '@ad/core-native';
import { jsonText, writeAtomically } from '../atomic.js';
import type { Json } from '../methods/index.js';
import type { Cell } from './cell.js';
import { Claims } from './claims.js';

/** What every result says of how it came about. */
export interface Protocol {
  layout: string;
  /** Digest of the data, however it is split. */
  data: string;
  backbone: { name: string; sha256: string; layers: string[]; convention: string };
  preprocess: Json;
  map: Json;
  mask: string;
  /** Whether the seed changes nothing, neither of the method nor of the data. */
  deterministic: boolean;
  tool: string;
  /** What the layout left open. */
  notes: string[];
}

/** A finished cell, the same for the same data and seed. */
export interface CellResult {
  cell: Cell;
  protocol: Protocol;
  status: 'done';
  images: { train: number; good: number; defect: number };
  /** Null where a metric is not defined; `notes` say why. */
  metrics: Record<string, number | null>;
  /** DeLong's 95 % interval of the image AUROC. */
  interval: { low: number; high: number } | null;
  facts: Record<string, number | string>;
  notes: string[];
  /** Path from the data set's root, 1 for defective, raw score. */
  predictions: [path: string, label: 0 | 1, score: number][];
}

/** A cell that could not be done. */
export interface CellFailure {
  cell: Cell;
  status: 'failed';
  error: { code: string; message: string };
}

/** Seconds per stage: never the same twice, so not in the result. */
export interface CellTiming {
  fit: Record<string, number>;
  evaluate: Record<string, number>;
}

/**
 * A folder of results, `cells/<id>.json`, each written wholly or not at all, with what took how long beside in
 * `timings/`.
 */
export class RunStore {
  readonly claims: Claims;

  constructor(readonly folder: string) {
    this.claims = new Claims(join(folder, 'claims'));
  }

  /** Names of the cells that are finished, failed ones too. */
  async finished(): Promise<Set<string>> {
    return new Set(await this.#list('cells'));
  }

  /** All results, in the order of their names. */
  async results(): Promise<(CellResult | CellFailure)[]> {
    return this.#readAll('cells');
  }

  /** All speeds that were measured, see {@link SpeedResult}. */
  async speeds<T>(): Promise<T[]> {
    return this.#readAll('speed');
  }

  /** Those that can be read: they only tell how long things take. */
  async timings(): Promise<(CellTiming & { id: string })[]> {
    const found = (await this.#list('timings')).map(async (id) => {
      const timing = await this.#read<CellTiming>('timings', id).catch(() => null);
      return timing === null ? [] : [{ id, ...timing }];
    });
    return (await Promise.all(found)).flat();
  }

  async save(id: string, result: CellResult | CellFailure, timing: CellTiming | null): Promise<void> {
    if (timing) await writeAtomically(this.#file('timings', id), jsonText(timing));
    await writeAtomically(this.#file('cells', id), jsonText(result));
  }

  async saveSpeed(id: string, result: unknown): Promise<void> {
    await writeAtomically(this.#file('speed', id), jsonText(result));
  }

  async hasSpeed(id: string): Promise<boolean> {
    return (await this.#list('speed')).includes(id);
  }

  /** Names of those cells that failed. */
  async failures(ids: readonly string[]): Promise<string[]> {
    const finished = await this.finished();
    const failed: string[] = [];
    for (const id of ids) {
      if (finished.has(id) && (await this.#read<CellResult | CellFailure>('cells', id)).status === 'failed')
        failed.push(id);
    }
    return failed;
  }

  /** Forgets which of those cells failed, so that they are tried again. */
  async forgetFailures(ids: readonly string[]): Promise<void> {
    for (const id of await this.failures(ids)) await rm(this.#file('cells', id), { force: true });
  }

  /** Removes what a machine that lost its power has left half-written, so that it is done again. Answers the files. */
  async discardDamaged(): Promise<string[]> {
    const damaged: string[] = [];
    for (const part of ['cells', 'timings', 'speed']) {
      for (const id of await this.#list(part)) {
        if ((await this.#read(part, id).catch(() => null)) !== null) continue;
        damaged.push(this.#file(part, id));
        await rm(this.#file(part, id), { force: true });
      }
    }
    return damaged;
  }

  async #readAll<T>(part: string): Promise<T[]> {
    return Promise.all((await this.#list(part)).map((id) => this.#read<T>(part, id)));
  }

  async #read<T>(part: string, id: string): Promise<T> {
    const file = this.#file(part, id);
    const text = await readFile(file, 'utf8');
    try {
      return JSON.parse(text);
    } catch (cause) {
      const { message } = cause as Error;
      throw new AdError(
        'E_ARTEFACT',
        `${file} is not a whole result: ${message}.`,
        'Delete it and run again.',
        {
          cause,
        },
      );
    }
  }

  #file(part: string, id: string): string {
    return join(this.folder, part, `${id}.json`);
  }

  /** Names without `.json`, in order. */
  async #list(part: string): Promise<string[]> {
    const files = await readdir(join(this.folder, part)).catch((): string[] => []);
    return files
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => file.slice(0, -'.json'.length));
  }
}
