import type { Threshold } from '@ad/models';
import { seconds } from './progress.js';

/** One JSON document, the only thing on stdout. */
export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** 1.2 GB, 34 MB, 0.1 MB. */
export function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} GB`;
  return `${(value / 1e6).toFixed(value < 1e7 ? 1 : 0)} MB`;
}

/** A threshold with what it rests on. */
export function thresholdText(threshold: Threshold): string {
  switch (threshold.origin) {
    case 'none':
      return 'none: scores only, no verdict';
    case 'given':
      return `${threshold.value} (given)`;
    case 'f1':
      return `${threshold.value.toFixed(4)} (best F1, ${threshold.f1.toFixed(3)}, on ${threshold.images} labelled images, ${threshold.defects} of them defective)`;
    case 'quantile':
      return `${threshold.value.toFixed(4)} (quantile ${threshold.quantile} of ${threshold.images} held-out good images)`;
  }
}

/** Where the time went: `4.1 s: backbone 62 %, coreset 28 %`. Stages overlap, so shares may add up to more than all. */
export function timingText({ total = 0, ...stages }: Record<string, number>): string {
  const shares = Object.entries(stages)
    .map(([stage, s]) => ({ stage, percent: Math.round((100 * s) / total) }))
    .filter(({ percent }) => percent > 0)
    .sort((a, b) => b.percent - a.percent);
  return `${seconds(total)}: ${shares.map(({ stage, percent }) => `${stage} ${percent} %`).join(', ')}`;
}
