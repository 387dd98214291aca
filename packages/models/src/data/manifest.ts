import { dirname, extname, join, resolve } from 'node:path';
import {
  type CsvRow,
  checkColumns,
  oneOf,
  readCsv,
  refuseRepeated,
  requiredFiles,
  requiredTrain,
  type TableSample,
} from './csv.js';
import { almost, named } from './faults.js';
import { entries } from './files.js';
import { type LayoutReader, type Sample, sample, split } from './sample.js';
import { GOOD_WORDS } from './words.js';

const NAME = 'manifest.csv';
const GOOD = [...GOOD_WORDS, '0'];
/** Labels that say that there is a defect, but not of what kind. */
const DEFECT = ['1', 'bad', 'defect', 'anomaly', 'ko', 'ng'];
const SPLITS = ['train', 'validation', 'test'] as const;

/**
 * A table of images, `manifest.csv` in the folder or any CSV file: columns path, label, mask, split; paths from the
 * table's folder. A label is good (ok, normal, 0), a kind of defect, or empty where it is not known.
 */
export const readManifestCsv: LayoutReader = async (root) => {
  const file = await tableOf(root);
  if (file === null) return null;
  const rows = await readCsv(file);
  checkColumns(rows, ['path', 'label', 'mask', 'split'], file);
  const samples = rows.map((row): TableSample & { part: (typeof SPLITS)[number] } => {
    const where = `${file}, line ${row.line}`;
    const part = oneOf(row, 'split', SPLITS, where);
    const read = sampleOf(row, dirname(resolve(file)), where);
    if (part !== 'test' && read.label !== 'good') {
      throw almost(
        `${where}: an image labelled '${row.fields.label}' is to be learned from`,
        'Only good images are: move it to the split test.',
      );
    }
    return { where, part, read };
  });
  refuseRepeated(samples);
  const of = (part: string) => samples.filter((one) => one.part === part).map(({ read }) => read);
  const [train, validation, test] = [of('train'), of('validation'), of('test')];
  requiredTrain(train, file);
  await requiredFiles([...train, ...validation, ...test], file);
  return split({ train, validation, test });
};

/** The table itself, or the folder's; null where there is none. */
async function tableOf(root: string): Promise<string | null> {
  if (extname(root).toLowerCase() === '.csv') return root;
  const names = (await entries(root)).map(({ name }) => name).filter((name) => name.toLowerCase() === NAME);
  if (names.length > 1) throw almost(`${root} has ${named(names)}`, 'Keep the one table that is meant.');
  return names.length === 1 ? join(root, names[0]!) : null;
}

function sampleOf({ fields }: CsvRow, folder: string, where: string): Sample {
  const { path, label, mask } = fields;
  if (!path) throw almost(`${where}: the path is empty`, 'Name an image, from the folder of the table.');
  const at = resolve(folder, path);
  const good = GOOD.includes(label!.toLowerCase());
  if (label && !good) {
    const kind = DEFECT.includes(label.toLowerCase()) ? 'defect' : label;
    return { ...sample(at, 'defect', kind), mask: mask ? resolve(folder, mask) : null };
  }
  if (!mask) return sample(at, good ? 'good' : 'unknown');
  throw almost(
    `${where}: an image ${good ? `labelled '${label}'` : 'without label'} has a mask, ${mask}`,
    'A mask marks a defect: name its kind as the label, or leave the mask empty.',
  );
}
