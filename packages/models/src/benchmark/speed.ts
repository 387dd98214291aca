import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AdError } from '@ad/core-native';
import type { Device, Provider } from '../backbone/index.js';
import { type Cell, methodLabel } from './cell.js';
import type { BenchmarkPlan, PlannedCell } from './plan.js';
import type { RunOptions } from './run.js';
import type { RunStore } from './store.js';

/** How fast a method is and what it holds; each phase in a process of its own, so that the peaks are its own. */
export interface SpeedResult {
  cell: Cell;
  machine: { cpu: string; cores: number; level: string; node: string; threads: number };
  fitSeconds: number;
  /** Bytes of the fitting process at its peak. */
  fitPeak: number;
  /** Images per second, one after another: from the file to score and map. */
  single: number;
  /** Images per second, 32 handed over at once. */
  batch32: number;
  /** Bytes of the predicting process at its peak, the model in it. */
  predictPeak: number;
  /** Bytes of the model folder without the backbone. */
  model: number;
}

/** What a measuring process is told. */
export interface SpeedTask {
  phase: 'fit' | 'predict';
  cell: PlannedCell;
  /** A backbone's name or ONNX file. */
  backbone: string;
  convention: BenchmarkPlan['convention'];
  threads: number | undefined;
  device: Device | undefined;
  provider: Provider | undefined;
  /** Where the model is between the phases. */
  model: string;
}

type SpeedOptions = Pick<RunOptions, 'threads' | 'device' | 'provider' | 'signal'>;

/** The cells of which speed is measured: of each data set, method and backbone the first, with all images. */
export function speedCells({ cells }: BenchmarkPlan): PlannedCell[] {
  const seen = new Set<string>();
  return cells.filter((cell) => {
    const key = JSON.stringify([cell.category, methodLabel(cell), cell.backbone]);
    if (cell.shots !== null || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Measures what is not measured yet, one process at a time; goes on after what fails. */
export async function measureSpeeds(
  plan: BenchmarkPlan,
  files: ReadonlyMap<string, string>,
  store: RunStore,
  options: SpeedOptions & {
    onProgress?: (share: number) => void;
    onFailure?: (cell: PlannedCell, error: AdError) => void;
  } = {},
): Promise<void> {
  const cells = speedCells(plan);
  for (const [i, cell] of cells.entries()) {
    options.onProgress?.(i / cells.length);
    const id = `${cell.id}--speed`;
    if ((await store.hasSpeed(cell.id)) || !(await store.claims.take(id))) continue;
    try {
      await store.saveSpeed(cell.id, await speedOf(cell, plan, files.get(cell.backbone)!, options));
    } catch (error) {
      if (options.signal?.aborted || !(error instanceof AdError) || error.code === 'E_WRITE') throw error;
      options.onFailure?.(cell, error);
    } finally {
      await store.claims.release(id);
    }
  }
}

async function speedOf(
  cell: PlannedCell,
  { convention }: BenchmarkPlan,
  backbone: string,
  { threads, device, provider, signal }: SpeedOptions,
): Promise<SpeedResult> {
  const folder = await mkdtemp(join(tmpdir(), 'ad-speed-'));
  try {
    const place = { threads, device, provider };
    const task = { cell, backbone, convention, ...place, model: join(folder, 'model.ad') };
    const fit = await child<Pick<SpeedResult, 'fitSeconds' | 'fitPeak' | 'model'>>(
      { ...task, phase: 'fit' },
      signal,
    );
    const rest = await child<Omit<SpeedResult, 'cell' | keyof typeof fit>>(
      { ...task, phase: 'predict' },
      signal,
    );
    const { category, method, settings, shots, seed } = cell;
    return { cell: { category, method, settings, backbone: cell.backbone, shots, seed }, ...fit, ...rest };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs one phase; its last line is its answer. */
function child<T>(task: SpeedTask, signal: AbortSignal | undefined): Promise<T> {
  const script = fileURLToPath(new URL('speed_child.js', import.meta.url));
  return new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, [script, JSON.stringify(task)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let said = '';
    let complained = '';
    process_.stdout.on('data', (chunk) => {
      said += chunk;
    });
    process_.stderr.on('data', (chunk) => {
      complained += chunk;
    });
    process_.on('error', reject);
    process_.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(said));
      else
        reject(
          new AdError(
            'E_BACKBONE',
            `Measuring ${methodLabel(task.cell)} failed: ${complained.trim().split('\n').at(-1)}`,
          ),
        );
    });
  });
}
