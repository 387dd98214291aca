import { access } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { almost, named } from './faults.js';
import type { Sample } from './sample.js';

/** One row by column names, all of them text. */
export type CsvRow = Record<string, string>;

/**
 * The rows of a CSV file with a header line (RFC 4180, BOM allowed).
 *
 * @throws AdError E_DATASET, naming the file and line
 */
export function parseCsv(text: string, file: string): CsvRow[] {
  try {
    return parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true });
  } catch (cause) {
    throw almost(
      `${file} is not a CSV file: ${(cause as Error).message}`,
      'Give one header line and as many fields in each row.',
    );
  }
}

/** Refuses a table without some columns. */
export function checkColumns(rows: readonly CsvRow[], columns: readonly string[], file: string): void {
  if (rows.length === 0) throw almost(`${file} has no rows`, `Its columns are ${columns.join(', ')}.`);
  const has = Object.keys(rows[0]!);
  const missing = columns.filter((column) => !has.includes(column));
  if (missing.length === 0) return;
  throw almost(
    `${file} has no column ${missing.map((name) => `'${name}'`).join(', ')}; it has ${named(has)}`,
    `Its first line names the columns: ${columns.join(',')}.`,
  );
}

/** Refuses rows whose images or masks are not there. */
export async function requiredFiles(samples: readonly Sample[], file: string): Promise<void> {
  const paths = samples.flatMap(({ path, mask }) => (mask === null ? [path] : [path, mask]));
  const missing: string[] = [];
  for (const path of paths) await access(path).catch(() => missing.push(path));
  if (missing.length === 0) return;
  throw almost(
    `${missing.length} of ${paths.length} files named in ${file} are missing: ${named(missing)}`,
    'Paths are meant from the folder that the table belongs to.',
  );
}
