import { setTimeout as sleep } from 'node:timers/promises';
import { Backbone, type Device, type Provider } from '../backbone/index.js';
import type { BenchmarkPlan, PlannedCell } from './plan.js';
import { dataOf, runCell } from './run_cell.js';
import type { RunStore } from './store.js';
import { Workbench } from './workbench.js';

/** How a plan is carried out. */
export interface RunOptions {
  threads?: number | undefined;
  device?: Device | undefined;
  /** Where onnxruntime computes. */
  provider?: Provider | undefined;
  signal?: AbortSignal | undefined;
  /** Bytes that kept feature maps may take; half of what is available unless told. */
  maxMemory?: number | undefined;
  onProgress?: ((stage: string, share: number) => void) | undefined;
  /** After each cell, also those that other processes did. */
  onCell?:
    | ((done: number, cell: PlannedCell, error: { code: string; message: string } | null) => void)
    | undefined;
}

/** How long to wait for what another process has in hand. */
const WAIT_MS = 500;

/**
 * Does what is not done yet. Several processes may do so at once in one folder; each cell is done by one of them. Returns
 * when all are finished, by whomever.
 *
 * @throws AdError E_WRITE; what goes wrong in a cell is its result
 */
export async function runPlan(plan: BenchmarkPlan, store: RunStore, options: RunOptions = {}): Promise<void> {
  await store.discardDamaged();
  const bench = new Benches(plan, options);
  try {
    for (;;) {
      const group = await nextGroup(plan, store);
      if (group === null) return await store.claims.sweep();
      let did = false;
      for (const cell of group) did = (await attempt(cell, plan, store, bench, options)) || did;
      if (!did) await sleep(WAIT_MS, undefined, { signal: options.signal });
    }
  } finally {
    await bench.close();
  }
}

/**
 * Unfinished cells that share feature maps: of all such groups the one that the fewest others work on, so that two
 * processes extract different features. Null when all is done.
 */
async function nextGroup(plan: BenchmarkPlan, store: RunStore): Promise<PlannedCell[] | null> {
  const finished = await store.finished();
  const groups = new Map<string, { cells: PlannedCell[]; taken: number }>();
  for (const cell of plan.cells) {
    if (finished.has(cell.id)) continue;
    const key = `${cell.category}\n${cell.backbone}`;
    const group = groups.get(key) ?? { cells: [], taken: 0 };
    groups.set(key, group);
    group.cells.push(cell);
    if (await store.claims.isTaken(cell.id)) group.taken++;
  }
  const free = [...groups.values()].sort((a, b) => a.taken - b.taken);
  return free[0]?.cells ?? null;
}

/** Does a cell unless another process has it; true if it did. */
async function attempt(
  cell: PlannedCell,
  plan: BenchmarkPlan,
  store: RunStore,
  bench: Benches,
  options: RunOptions,
): Promise<boolean> {
  const { signal, threads, onProgress } = options;
  signal?.throwIfAborted();
  if (!(await store.claims.take(cell.id))) return false;
  try {
    // Between the look and the claim another process may have finished it.
    if ((await store.finished()).has(cell.id)) return true;
    let failure: { code: string; message: string } | null = null;
    try {
      const data = await dataOf(cell);
      const workbench = await bench.of(cell.backbone);
      const filling = {
        signal,
        onProgress: (share: number) => onProgress?.(`features ${cell.category}`, share),
      };
      const tools = await workbench.prepare(data, cell, filling);
      const { result, timing } = await runCell(cell, data, { ...tools, threads, signal });
      await store.save(cell.id, result, timing);
    } catch (error) {
      if (signal?.aborted || isWrite(error)) throw error;
      failure = failureOf(error);
      const { category, method, settings, backbone, shots, seed } = cell;
      await store.save(
        cell.id,
        { cell: { category, method, settings, backbone, shots, seed }, status: 'failed', error: failure },
        null,
      );
    }
    const finished = await store.finished();
    options.onCell?.(plan.cells.filter(({ id }) => finished.has(id)).length, cell, failure);
    return true;
  } finally {
    await store.claims.release(cell.id);
  }
}

function failureOf(error: unknown): { code: string; message: string } {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return { code: typeof code === 'string' ? code : 'E_UNEXPECTED', message: String(message ?? error) };
}

function isWrite(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'E_WRITE';
}

/** The network that is in use, one at a time. */
class Benches {
  #open: { name: string; workbench: Workbench } | null = null;

  constructor(
    private readonly plan: BenchmarkPlan,
    private readonly options: RunOptions,
  ) {}

  async of(name: string): Promise<Workbench> {
    if (this.#open?.name === name) return this.#open.workbench;
    await this.close();
    const { threads, device, provider, maxMemory } = this.options;
    const { convention } = this.plan;
    const source = this.plan.backbones.get(name)!;
    const options = { layers: 'all', convention, threads, device, provider } as const;
    const backbone = await Backbone.open(source, options);
    const workbench = new Workbench(backbone, maxMemory ?? process.availableMemory() / 2);
    this.#open = { name, workbench };
    return workbench;
  }

  async close(): Promise<void> {
    await this.#open?.workbench.close();
    this.#open = null;
  }
}
