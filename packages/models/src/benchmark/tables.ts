import { type BenchmarkTable, csvTable, jsonTable, markdownTable } from '@ad/metrics';
import { TABLES } from './metrics.js';
import { categoriesOf, type Line, overSeeds } from './summary.js';

/** One metric of all lines in each form. */
export interface WrittenTable {
  metric: string;
  markdown: string;
  csv: string;
  json: string;
}

/** The field's tables: means over seeds, the average first, the best in bold; below it how far the seeds scatter. */
export function metricTables(lines: readonly Line[]): WrittenTable[] {
  return TABLES.flatMap(({ metric, title, lowerIsBetter = false, decimals }) => {
    const mean = (line: Line, category: string) => overSeeds(line, category, metric)?.mean;
    const means = tableOf(lines, { title, lowerIsBetter, decimals }, mean);
    if (means === null) return [];
    const scatter = (line: Line, category: string) => overSeeds(line, category, metric)?.deviation;
    const scattered = `${title}: standard deviation over seeds`;
    const deviations = tableOf(lines, { title: scattered, lowerIsBetter: true, decimals }, scatter);
    const both = deviations === null ? [means] : [means, deviations];
    return [
      {
        metric,
        markdown: [
          markdownTable(means),
          ...(deviations ? [deviationText(lines, metric, title, decimals ?? 4)] : []),
        ].join('\n'),
        csv: both.map(csvTable).join('\r\n'),
        json: `[${both.map((table) => jsonTable(table).trimEnd()).join(',\n')}]\n`,
      },
    ];
  });
}

/** Null where no line has a value. */
function tableOf(
  lines: readonly Line[],
  about: Pick<BenchmarkTable, 'title' | 'lowerIsBetter' | 'decimals'>,
  value: (line: Line, category: string) => number | null | undefined,
): BenchmarkTable | null {
  const categories = categoriesOf(lines);
  const rows = lines.map((line) => ({
    labels: [line.method, line.backbone],
    values: Object.fromEntries(categories.map((category) => [category, value(line, category) ?? null])),
  }));
  const used = rows.filter(({ values }) => Object.values(values).some((found) => found !== null));
  return used.length > 0 ? { ...about, headers: ['Model', 'Backbone'], rows: used } : null;
}

/** `0.979 ± 0.003 (3)` per line and data set; one seed where it changes nothing. */
function deviationText(lines: readonly Line[], metric: string, title: string, digits: number): string {
  const categories = categoriesOf(lines);
  const cell = (line: Line, category: string) => {
    const found = overSeeds(line, category, metric);
    if (!found) return '-';
    const { mean, deviation, seeds, deterministic } = found;
    if (deterministic) return `${mean.toFixed(digits)}, deterministic`;
    return deviation === null
      ? `${mean.toFixed(digits)}, one seed`
      : `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)} (${seeds})`;
  };
  return markdownRows(
    [`${title}, mean ± standard deviation (seeds)`, 'Backbone', ...categories],
    lines.map((line) => [line.method, line.backbone, ...categories.map((category) => cell(line, category))]),
  );
}

/** A table of texts. */
export function markdownRows(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return `${[line(headers), line(headers.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}
