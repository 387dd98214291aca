import { readFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { type CsvRow, checkColumns, parseCsv, requiredFiles } from './csv.js';
import { almost } from './faults.js';
import { entries } from './files.js';
import { type LayoutReader, type Sample, sample, split } from './sample.js';

const NAME = 'manifest.csv';
const GOOD = ['good', 'ok', 'normal', '0'];
/** Labels that say that there is a defect, but not of what kind. */
const DEFECT = ['1', 'bad', 'defect', 'anomaly', 'ko', 'ng'];
const SPLITS = ['train', 'validation', 'test'];

/**
 * A table of images, `manifest.csv` in the folder or any CSV file: columns path, label, mask, split; paths from the
 * table's folder. A label is good (ok, normal, 0), a kind of defect, or empty where it is not known.
 */
export const readManifestCsv: LayoutReader = async (root) => {
  const isFile = extname(root).toLowerCase() === '.csv';
  if (!isFile && !(await entries(root)).some((entry) => entry.name === NAME)) return null;
  const file = isFile ? root : join(root, NAME);
  const rows = parseCsv(await readFile(file, 'utf8'), file);
  checkColumns(rows, ['path', 'label', 'mask', 'split'], file);
  const parts: Record<string, Sample[]> = { train: [], validation: [], test: [] };
  rows.forEach((row, i) => {
    // The header is line 1.
    const where = `${file}, row ${i + 2}`;
    const part = row.split!.toLowerCase();
    if (!SPLITS.includes(part)) {
      throw almost(`${where}: the split is '${row.split}'`, `Expected one of ${SPLITS.join(', ')}.`);
    }
    const read = sampleOf(row, dirname(resolve(file)), where);
    if (part !== 'test' && read.label !== 'good') {
      throw almost(
        `${where}: an image labelled '${row.label}' is to be learned from`,
        'Only good images are: move it to the split test.',
      );
    }
    parts[part]!.push(read);
  });
  await requiredFiles(Object.values(parts).flat(), file);
  return split(parts);
};

function sampleOf({ path, label, mask }: CsvRow, folder: string, where: string): Sample {
  if (!path) throw almost(`${where}: the path is empty`, 'Name an image, from the folder of the table.');
  const at = resolve(folder, path);
  if (!label) return sample(at, 'unknown');
  if (GOOD.includes(label.toLowerCase())) return sample(at, 'good');
  const kind = DEFECT.includes(label.toLowerCase()) ? 'defect' : label;
  return { ...sample(at, 'defect', kind), mask: mask ? resolve(folder, mask) : null };
}
