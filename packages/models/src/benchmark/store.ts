import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonText, writeAtomically } from '../atomic.js';
import type { Json } from '../methods/index.js';
import type { Cell } from './cell.js';
import { Claims } from './claims.js';

/** What every result says of how it came about. */
export interface Protocol {
  layout: string;
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
    return new Set((await this.#list('cells')).map((file) => file.slice(0, -'.json'.length)));
  }

  /** All results, in the order of their names. */
  async results(): Promise<(CellResult | CellFailure)[]> {
    return this.#readAll('cells');
  }

  /** All speeds that were measured, see {@link SpeedResult}. */
  async speeds<T>(): Promise<T[]> {
    return this.#readAll('speed');
  }

  async timings(): Promise<(CellTiming & { id: string })[]> {
    const files = await this.#list('timings');
    const read = files.map(async (file) => ({
      id: file.slice(0, -'.json'.length),
      ...JSON.parse(await readFile(join(this.folder, 'timings', file), 'utf8')),
    }));
    return Promise.all(read);
  }

  async save(id: string, result: CellResult | CellFailure, timing: CellTiming | null): Promise<void> {
    if (timing) await writeAtomically(join(this.folder, 'timings', `${id}.json`), jsonText(timing));
    await writeAtomically(join(this.folder, 'cells', `${id}.json`), jsonText(result));
  }

  async saveSpeed(id: string, result: unknown): Promise<void> {
    await writeAtomically(join(this.folder, 'speed', `${id}.json`), jsonText(result));
  }

  async hasSpeed(id: string): Promise<boolean> {
    return (await this.#list('speed')).includes(`${id}.json`);
  }

  /** Names of the cells that failed. */
  async failures(): Promise<string[]> {
    const names = [...(await this.finished())];
    const results = await this.results();
    return names.filter((_, i) => results[i]!.status === 'failed');
  }

  /** Forgets the failures, so that they are tried again. */
  async forgetFailures(): Promise<void> {
    for (const id of await this.failures()) await rm(join(this.folder, 'cells', `${id}.json`));
  }

  async #readAll<T>(part: string): Promise<T[]> {
    const files = await this.#list(part);
    return Promise.all(
      files.map(async (file) => JSON.parse(await readFile(join(this.folder, part, file), 'utf8'))),
    );
  }

  async #list(part: string): Promise<string[]> {
    const files = await readdir(join(this.folder, part)).catch(() => []);
    return files.filter((file) => file.endsWith('.json')).sort();
  }
}
