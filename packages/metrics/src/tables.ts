import { type MetricSummary, summaryOf } from './aggregate.js';

/** One metric of several models over the categories of a benchmark. */
export interface BenchmarkTable {
  /** What the numbers are, such as 'Image-Level AUC'. */
  title: string;
  /** Names of the columns that identify a model, such as `['Model', 'Backbone']`. */
  headers: readonly string[];
  rows: readonly BenchmarkRow[];
  /** Whether the lowest value of a column is the best. */
  lowerIsBetter?: boolean;
  /** Digits after the point in Markdown. Default 3. */
  decimals?: number | undefined;
}

/** One model. */
export interface BenchmarkRow {
  /** One per header. */
  labels: readonly string[];
  /** One per category; null where the metric is not defined. */
  values: Readonly<Record<string, number | null>>;
}

/**
 * The table as Markdown, in the layout that benchmark tables of this field have: model, average, one column per
 * category, three decimals, the best of each column in bold. The average is left out (-) where a category is missing.
 *
 * @example
 * markdownTable({
 *   title: 'Image-Level AUC',
 *   headers: ['Model'],
 *   rows: [{ labels: ['PatchCore'], values: { bottle: 1, screw: 0.981 } }],
 * });
 */
export function markdownTable(table: BenchmarkTable): string {
  const { headers, categories, rows } = laidOut(table);
  const { decimals = 3 } = table;
  const shown = rows.map(({ summary, values }) =>
    [summary.mean, ...values].map((value) => value?.toFixed(decimals) ?? '-'),
  );
  const best = shown[0]?.map((_, column) =>
    bestOf(
      shown.map((row) => row[column]!),
      table.lowerIsBetter ?? false,
    ),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `### ${table.title}`,
    '',
    line([...headers, 'Avg', ...categories].map(escaped)),
    line([...headers.map(() => '---'), ...['Avg', ...categories].map(() => ':---:')]),
    ...rows.map(({ labels }, r) => {
      const cells = shown[r]!.map((cell, c) => (cell === best![c] && cell !== '-' ? `**${cell}**` : cell));
      return line([...labels.map(escaped), ...cells]);
    }),
    '',
  ].join('\n');
}

/**
 * The table as CSV (RFC 4180) with all digits: model, average, worst category and its value, one column per category.
 * A missing value is an empty field.
 *
 * @example
 * csvTable({ title: 'AUPRO', headers: ['Model'], rows: [{ labels: ['PaDiM'], values: { bottle: 0.9 } }] });
 * // 'Model,Avg,Worst,Worst value,bottle\r\nPaDiM,0.9,bottle,0.9,0.9\r\n'
 */
export function csvTable(table: BenchmarkTable): string {
  const { headers, categories, rows } = laidOut(table);
  const field = (value: string | number | null | undefined) => {
    const text = String(value ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [
    [...headers, 'Avg', 'Worst', 'Worst value', ...categories],
    ...rows.map(({ labels, summary, values }) => [
      ...labels,
      summary.mean,
      summary.worst?.category,
      summary.worst?.value,
      ...values,
    ]),
  ]
    .map((cells) => `${cells.map(field).join(',')}\r\n`)
    .join('');
}

/**
 * The table as JSON with all digits: `{ title, rows: [{ model, mean, worst, missing, categories }] }`, where `model`
 * has one key per header.
 *
 * @example
 * JSON.parse(jsonTable(table)).rows[0].worst; // { category: 'screw', value: 0.981 }
 */
export function jsonTable(table: BenchmarkTable): string {
  const { headers, categories, rows } = laidOut(table);
  const json = {
    title: table.title,
    rows: rows.map(({ labels, summary, values }) => ({
      model: Object.fromEntries(headers.map((header, i) => [header, labels[i] ?? ''])),
      ...summary,
      categories: Object.fromEntries(categories.map((category, i) => [category, values[i]])),
    })),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

interface LaidOut {
  headers: readonly string[];
  categories: string[];
  rows: { labels: readonly string[]; summary: MetricSummary; values: (number | null)[] }[];
}

/** Every row with a value, or null, for every category that any row has, in the order of their first mention. */
function laidOut({ headers, rows, lowerIsBetter = false }: BenchmarkTable): LaidOut {
  const categories = [...new Set(rows.flatMap((row) => Object.keys(row.values)))];
  return {
    headers,
    categories,
    rows: rows.map(({ labels, values }) => {
      const all = categories.map((category) => ({ category, value: values[category] ?? null }));
      return { labels, summary: summaryOf(all, lowerIsBetter), values: all.map((entry) => entry.value) };
    }),
  };
}

/** The best of a column as it is shown, so that numbers that look equal are marked alike. */
function bestOf(cells: readonly string[], lowerIsBetter: boolean): string | undefined {
  const better = (a: string, b: string) => (lowerIsBetter ? Number(a) < Number(b) : Number(a) > Number(b));
  return cells
    .filter((cell) => cell !== '-')
    .reduce<string | undefined>(
      (best, cell) => (best === undefined || better(cell, best) ? cell : best),
      undefined,
    );
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
