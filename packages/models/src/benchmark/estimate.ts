import { Backbone } from '../backbone/index.js';
import type { Dataset } from '../data/index.js';
import { findMethod, type Progress } from '../methods/index.js';
import type { BenchmarkPlan, PlannedCell } from './plan.js';
import type { RunOptions } from './run.js';
import { dataOf, runCell } from './run_cell.js';
import type { RunStore } from './store.js';
import { Workbench } from './workbench.js';

/** What a plan will take. */
export interface Estimate {
  /** Cells that are not finished. */
  cells: number;
  seconds: number;
  /** Methods that neither ended within the probe nor told how long they take: the time is more than was counted. */
  unknown: string[];
}

/** Enough for every method's smallest fit. */
const PROBE_TRAIN = 18;
const PROBE_TEST = 4;
const PROBE_LIMIT_MS = 10_000;

/**
 * How long what is left of a plan will take, roughly: from cells of the same kind that were done here before, else from
 * a fit and a score on a few images, in proportion.
 */
export async function estimatePlan(
  plan: BenchmarkPlan,
  store: RunStore,
  options: RunOptions = {},
): Promise<Estimate> {
  const finished = await store.finished();
  const left = plan.cells.filter(({ id }) => !finished.has(id));
  const known = await knownRates(plan, store);
  const unknown: string[] = [];
  let seconds = 0;
  for (const backbone of new Set(left.map((cell) => cell.backbone))) {
    const own = left.filter((cell) => cell.backbone === backbone);
    const probe = await Probe.open(plan, backbone, options);
    try {
      const categories = new Set(own.map((cell) => cell.category));
      const images = [...categories].reduce((sum, category) => sum + plan.images.get(category)!, 0);
      seconds += (await probe.extraction(own)) * images;
      for (const cell of own) {
        const rate = known.get(kindOf(cell)) ?? (await probe.rate(cell, imagesOf(cell, plan)));
        if (rate === null) unknown.push(cell.method);
        else known.set(kindOf(cell), rate);
        seconds += (rate ?? 0) * imagesOf(cell, plan);
      }
    } finally {
      await probe.close();
    }
  }
  return { cells: left.length, seconds, unknown: [...new Set(unknown)] };
}

/** Seconds per image of the cells that are done. */
async function knownRates(plan: BenchmarkPlan, store: RunStore): Promise<Map<string, number>> {
  const byId = new Map(plan.cells.map((cell) => [cell.id, cell]));
  const rates = new Map<string, number>();
  for (const { id, fit, evaluate } of await store.timings()) {
    const cell = byId.get(id);
    if (cell) rates.set(kindOf(cell), (fit.total! + evaluate.total!) / imagesOf(cell, plan));
  }
  return rates;
}

function kindOf({ method, settings, backbone, shots }: PlannedCell): string {
  return JSON.stringify([method, settings, backbone, shots]);
}

function imagesOf({ category }: PlannedCell, plan: BenchmarkPlan): number {
  return plan.images.get(category)!;
}

/** One backbone and a few images. */
class Probe {
  private constructor(
    private readonly workbench: Workbench,
    private readonly options: RunOptions,
  ) {}

  static async open(plan: BenchmarkPlan, name: string, options: RunOptions): Promise<Probe> {
    const { threads, device, provider } = options;
    const { convention } = plan;
    const backbone = await Backbone.open(plan.backbones.get(name)!, {
      layers: 'all',
      convention,
      threads,
      device,
      provider,
    });
    return new Probe(new Workbench(backbone, Number.POSITIVE_INFINITY), options);
  }

  /** Seconds per image of extracting what methods share, by the first data set with which it can be done. */
  async extraction(cells: readonly PlannedCell[]): Promise<number> {
    const { signal } = this.options;
    const sharing = cells.filter(({ method }) => !findMethod(method).pixels);
    for (const cell of new Map(sharing.map((one) => [one.category, one])).values()) {
      try {
        const data = few(await dataOf(cell));
        const begin = performance.now();
        await this.workbench.prepare(data, cell, { signal });
        return (performance.now() - begin) / 1000 / (data.train.length + data.test.length);
      } catch {
        // The run itself will say what is wrong.
        signal?.throwIfAborted();
      }
    }
    return 0;
  }

  /**
   * Seconds per image of the data set; null where it took too long to tell, or cannot be done with so few.
   *
   * @param images - that the data set has
   */
  async rate(cell: PlannedCell, images: number): Promise<number | null> {
    const { signal, threads } = this.options;
    const limit = AbortSignal.timeout(PROBE_LIMIT_MS);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    const all = await dataOf(cell);
    const data = few(all);
    const begin = performance.now();
    const elapsed = () => (performance.now() - begin) / 1000 / (data.train.length + data.test.length);
    // A training says how long it still takes; once it has ended, nobody does.
    let left: number | undefined;
    const onProgress = ({ share, secondsLeft }: Progress) => {
      left = share < 1 ? secondsLeft : undefined;
    };
    try {
      const tools = await this.workbench.prepare(data, cell, { signal });
      await runCell(cell, data, { ...tools, threads, signal: either, onProgress });
      return elapsed();
    } catch {
      // The run itself will say what is wrong.
      signal?.throwIfAborted();
      if (!limit.aborted || left === undefined) return null;
      return elapsed() + (left * all.train.length) / data.train.length / images;
    }
  }

  async close(): Promise<void> {
    await this.workbench.close();
  }
}

function few(data: Dataset): Dataset {
  const half = PROBE_TEST / 2;
  const of = (label: string) => data.test.filter((sample) => sample.label === label).slice(0, half);
  return { ...data, train: data.train.slice(0, PROBE_TRAIN), test: [...of('good'), ...of('defect')] };
}
