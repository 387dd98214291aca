import { access, readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { almost, named } from './faults.js';
import type { Sample } from './sample.js';

/** One row of a table: its fields by column names, all of them text, and the line of the file that it ends on. */
export interface CsvRow {
  line: number;
  fields: Record<string, string>;
}

/** One row as the image that it names, and where it stands, for a message. */
export interface TableSample {
  where: string;
  read: Sample;
}

/**
 * The rows of a CSV file with a header line (RFC 4180, BOM allowed).
 *
 * @throws AdError E_DATASET, naming the file, and the line where one is wrong
 */
export async function readCsv(file: string): Promise<CsvRow[]> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why = { EISDIR: 'it is a folder', ENOENT: 'there is no such file' }[cause.code!] ?? cause.message;
    throw almost(`The table ${file} cannot be read: ${why}`, 'Put a CSV file there, or remove what is.');
  });
  try {
    const rows = parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true, info: true });
    return (rows as unknown as { record: CsvRow['fields']; info: { lines: number } }[]).map(
      ({ record, info }) => ({ line: info.lines, fields: record }),
    );
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
  const has = Object.keys(rows[0]!.fields);
  const missing = columns.filter((column) => !has.includes(column));
  if (missing.length === 0) return;
  throw almost(
    `${file} has no column ${missing.map((name) => `'${name}'`).join(', ')}; it has ${named(has)}`,
    `Its first line names the columns: ${columns.join(',')}.`,
  );
}

/**
 * A field that is one of some words, without regard to case.
 *
 * @param where - the row, for the message
 * @throws AdError E_DATASET, naming the words
 */
export function oneOf<T extends string>(row: CsvRow, column: string, words: readonly T[], where: string): T {
  const found = words.find((word) => word === row.fields[column]!.toLowerCase());
  if (found !== undefined) return found;
  throw almost(
    `${where}: the ${column} is '${row.fields[column]}'`,
    `Expected one of ${words.join(', ')}; upper and lower case are the same.`,
  );
}

/** Refuses a table that names an image twice: it could be learned from and tested on. */
export function refuseRepeated(samples: readonly TableSample[]): void {
  const first = new Map<string, string>();
  for (const { where, read } of samples) {
    const before = first.get(read.path);
    if (before !== undefined) {
      throw almost(
        `${where}: ${read.path} is the image of ${before} already`,
        'Name each image once: one that is learned from must not be tested on.',
      );
    }
    first.set(read.path, where);
  }
}

/** Refuses a table of which nothing can be learned. */
export function requiredTrain(train: readonly Sample[], file: string): void {
  if (train.length > 0) return;
  throw almost(`${file} has no rows with split train`, 'Give the good images to learn from the split train.');
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
