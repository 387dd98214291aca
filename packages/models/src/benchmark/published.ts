import { readFileSync } from 'node:fs';
import { TABLES } from './metrics.js';
import type { CellResult } from './store.js';
import { categoriesOf, type Line, overSeeds } from './summary.js';
import { markdownRows } from './tables.js';

/** A number that somebody published. */
export interface Published {
  /** Layout of the data set that it is of. */
  layout: string;
  /** Name of the data set, as its folders are named. */
  category: string;
  method: string;
  backbone: string;
  metric: string;
  value: number;
  /** Where it stands. */
  source: string;
}

interface File {
  sources: Record<string, string>;
  /** One per published table: values in the order of its categories, null where there is none. */
  tables: {
    source: string;
    layout: string;
    metric: string;
    categories: string[];
    rows: { method: string; backbone: string; values: (number | null)[] }[];
  }[];
}

/** The published numbers that are built in, 0..1. */
export function publishedNumbers(): Published[] {
  const { sources, tables }: File = JSON.parse(
    readFileSync(new URL('published.json', import.meta.url), 'utf8'),
  );
  return tables.flatMap(({ source, layout, metric, categories, rows }) =>
    rows.flatMap(({ method, backbone, values }) =>
      values.flatMap((value, i) =>
        value === null
          ? []
          : [{ layout, category: categories[i]!, method, backbone, metric, value, source: sources[source]! }],
      ),
    ),
  );
}

/**
 * What was measured beside what was published of the same method and data set: one of the same layout and name. A folder
 * may be named with more, as `mvtec-bottle-450` is; then the data are not quite the same, and the name says so.
 */
export function besidePublished(lines: readonly Line[], published = publishedNumbers()): string | null {
  const rows = lines
    .filter(({ shots }) => shots === null)
    .flatMap((line) =>
      categoriesOf([line]).flatMap((category) =>
        TABLES.flatMap(({ metric, title }) => {
          const found = overSeeds(line, category, metric);
          const result = line.results.find(({ cell }) => cell.category === category);
          if (!found || !result) return [];
          return published
            .filter((one) => one.metric === metric && one.method === result.cell.method && isOf(result, one))
            .map((one) => [
              category,
              title,
              line.method,
              line.backbone,
              found.mean.toFixed(4),
              `${one.value.toFixed(4)} (${one.backbone})`,
              signed(found.mean - one.value),
              one.source,
            ]);
        }),
      ),
    );
  if (rows.length === 0) return null;
  return markdownRows(
    ['Data', 'Metric', 'Model', 'Backbone', 'Here', 'Published', 'Difference', 'Source'],
    rows,
  );
}

/** Magnetic Tile is one data set, whatever its folder is called. */
function isOf({ cell: { category }, protocol: { layout } }: CellResult, published: Published): boolean {
  if (layout !== published.layout) return false;
  const words = category.split('-');
  return (
    layout === 'mtd' ||
    category === published.category ||
    (words.includes('mvtec') && words.includes(published.category))
  );
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
}
