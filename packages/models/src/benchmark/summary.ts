import type { CellFailure, CellResult } from './store.js';
import { toldApart } from './told_apart.js';

/** A metric over seeds. */
export interface OverSeeds {
  mean: number;
  /** Standard deviation (n - 1); null for one seed. */
  deviation: number | null;
  seeds: number;
  deterministic: boolean;
}

/** One line of a table: a method on a backbone, with as many images to learn from. */
export interface Line {
  method: string;
  backbone: string;
  shots: number | null;
  results: CellResult[];
}

/** Results of one line together, in the order of their names; see {@link toldApart}. */
export function linesOf(all: readonly (CellResult | CellFailure)[]): Line[] {
  const done = all.filter((result): result is CellResult => result.status === 'done');
  const lines = new Map<string, Line>();
  for (const { method, result } of toldApart(done)) {
    const { backbone, shots } = result.cell;
    const key = JSON.stringify([method, backbone, shots]);
    const line = lines.get(key) ?? { method, backbone, shots, results: [] };
    lines.set(key, line);
    line.results.push(result);
  }
  return [...lines.values()].sort(
    (a, b) =>
      compare(a.method, b.method) ||
      compare(a.backbone, b.backbone) ||
      (a.shots ?? Infinity) - (b.shots ?? Infinity),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Data sets of some lines, by name. */
export function categoriesOf(lines: readonly Line[]): string[] {
  return [...new Set(lines.flatMap(({ results }) => results.map(({ cell }) => cell.category)))].sort();
}

/** A metric of a line on a data set; null where it is not defined for every seed, undefined where nothing was run. */
export function overSeeds({ results }: Line, category: string, metric: string): OverSeeds | null | undefined {
  const own = results.filter(({ cell }) => cell.category === category);
  if (own.length === 0) return undefined;
  const values = own.map(({ metrics }) => metrics[metric] ?? null);
  if (values.some((value) => value === null)) return null;
  const found = values as number[];
  const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
  const squares = found.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = found.length > 1 ? Math.sqrt(squares / (found.length - 1)) : null;
  return {
    mean,
    deviation,
    seeds: found.length,
    deterministic: own.every(({ protocol }) => protocol.deterministic),
  };
}
