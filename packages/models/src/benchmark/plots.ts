import { findMethod } from '../methods/index.js';
import type { Cell } from './cell.js';
import { categoriesOf, type Line, overSeeds } from './summary.js';
import { type Curve, linePlot } from './svg.js';

/** A picture and its file name. */
export interface Plot {
  file: string;
  title: string;
  svg: string;
}

const METRICS = [
  { metric: 'image_auroc', title: 'image AUROC' },
  { metric: 'aupro', title: 'AUPRO (FPR 0.3)' },
];

/** How few images suffice: a curve per method and backbone over the number of good images. */
export function lowShotPlots(lines: readonly Line[]): Plot[] {
  const few = lines.filter(({ shots }) => shots !== null);
  return plots(
    few,
    'low-shot',
    'good images to learn from',
    (line) => line.shots!,
    (line) => line.method,
  );
}

/** What a smaller memory bank costs: a curve per method and backbone over the share of patches that is kept. */
export function coresetPlots(lines: readonly Line[]): Plot[] {
  const all = lines.filter(({ shots, results }) => shots === null && shareOf(results[0]!.cell) !== null);
  const share = ({ results }: Line) => shareOf(results[0]!.cell)!;
  const name = ({ method }: Line) => method.replace(/ coreset=\S+/, '');
  return plots(all, 'coreset', 'share of patches in the memory bank', share, name);
}

/** Null for methods without a coreset, and for one of a fixed number of rows. */
function shareOf({ method, settings }: Cell): number | null {
  const { coreset } = findMethod(method).settings(settings) as { coreset?: unknown };
  return typeof coreset === 'number' && coreset <= 1 ? coreset : null;
}

function plots(
  lines: readonly Line[],
  kind: string,
  xLabel: string,
  x: (line: Line) => number,
  name: (line: Line) => string,
): Plot[] {
  return categoriesOf(lines).flatMap((category) =>
    METRICS.flatMap(({ metric, title }) => {
      const curves = curvesOf(lines, category, metric, x, name).filter(({ points }) => points.length > 1);
      if (curves.length === 0) return [];
      const heading = `${category}: ${title}`;
      const file = `${kind}-${category}-${metric}.svg`;
      return [{ file, title: heading, svg: linePlot({ title: heading, xLabel, yLabel: title, curves }) }];
    }),
  );
}

function curvesOf(
  lines: readonly Line[],
  category: string,
  metric: string,
  x: (line: Line) => number,
  name: (line: Line) => string,
): Curve[] {
  const curves = new Map<string, Curve>();
  for (const line of lines) {
    const found = overSeeds(line, category, metric);
    if (!found) continue;
    const key = `${name(line)}, ${line.backbone}`;
    const curve = curves.get(key) ?? { name: key, points: [] };
    curves.set(key, curve);
    curve.points.push({ x: x(line), y: found.mean, deviation: found.deviation });
  }
  for (const { points } of curves.values()) points.sort((a, b) => a.x - b.x);
  return [...curves.values()];
}
