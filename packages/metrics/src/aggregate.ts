import { mean } from './placements.js';

/** The metrics of one category of a benchmark; null where a metric is not defined. */
export interface CategoryMetrics {
  category: string;
  metrics: Readonly<Record<string, number | null>>;
}

/** One metric over all categories. */
export interface MetricSummary {
  /** Macro average, every category weighing the same; null when one has no value, as it could not be compared. */
  mean: number | null;
  /** The category that is worst, the first of equal ones; null when none has a value. */
  worst: { category: string; value: number } | null;
  /** Categories without a value. */
  missing: string[];
}

/**
 * Macro average and worst category of each metric. An average hides the category that fails; report both.
 *
 * @param categories - one entry per category
 * @param lowerIsBetter - names of metrics whose highest value is the worst, such as false positive rates
 * @returns one summary per metric name that any category has
 * @example
 * const { image_auroc } = summarize([
 *   { category: 'bottle', metrics: { image_auroc: 1 } },
 *   { category: 'screw', metrics: { image_auroc: 0.9 } },
 * ]); // { mean: 0.95, worst: { category: 'screw', value: 0.9 }, missing: [] }
 */
export function summarize(
  categories: readonly CategoryMetrics[],
  lowerIsBetter: readonly string[] = [],
): Record<string, MetricSummary> {
  const names = [...new Set(categories.flatMap(({ metrics }) => Object.keys(metrics)))];
  return Object.fromEntries(
    names.map((name) => {
      const values = categories.map(({ category, metrics }) => ({ category, value: metrics[name] ?? null }));
      return [name, summaryOf(values, lowerIsBetter.includes(name))];
    }),
  );
}

/** Summary of one metric's values. */
export function summaryOf(
  values: readonly { category: string; value: number | null }[],
  lowerIsBetter: boolean,
): MetricSummary {
  const present = values.filter(
    (entry): entry is { category: string; value: number } => entry.value !== null,
  );
  const missing = values.filter((entry) => entry.value === null).map((entry) => entry.category);
  const worse = (a: number, b: number) => (lowerIsBetter ? a > b : a < b);
  return {
    mean: present.length > 0 && missing.length === 0 ? mean(present.map((entry) => entry.value)) : null,
    worst: present.reduce<MetricSummary['worst']>(
      (worst, entry) => (worst === null || worse(entry.value, worst.value) ? { ...entry } : worst),
      null,
    ),
    missing,
  };
}
