import { access } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import {
  type CsvRow,
  checkColumns,
  oneOf,
  readCsv,
  refuseRepeated,
  requiredFiles,
  requiredTrain,
} from './csv.js';
import { almost, named } from './faults.js';
import { foldersIn } from './files.js';
import { type LayoutReader, type Sample, sample, split } from './sample.js';

const SPLIT = ['split_csv', '1cls.csv'];
const COLUMNS = ['object', 'split', 'label', 'image', 'mask'];

/**
 * VisA, one category: `Data/Images/{Normal,Anomaly}`, split by `split_csv/1cls.csv` in the folder above, whose paths
 * start there.
 */
export const readVisa: LayoutReader = async (root) => {
  const images = join(root, 'Data', 'Images');
  if (!(await foldersIn(images)).includes('Normal')) return null;
  const category = basename(resolve(root));
  const above = dirname(resolve(root));
  const file = join(above, ...SPLIT);
  await access(file).catch(() => {
    throw almost(
      `${root} is a category of VisA, but its split is missing: there is no ${file}`,
      'Keep split_csv/1cls.csv beside the categories, as VisA comes.',
    );
  });
  const rows = await readCsv(file);
  checkColumns(rows, COLUMNS, file);
  const own = rows.filter((row) => row.fields.object === category);
  if (own.length === 0) {
    const objects = [...new Set(rows.map((row) => row.fields.object!))];
    throw almost(
      `${file} has no rows of '${category}'; it has ${named(objects)}`,
      'Keep the folder names of VisA.',
    );
  }
  const samples = own.map((row) => {
    const where = `${file}, line ${row.line}`;
    const part = oneOf(row, 'split', ['train', 'test'], where);
    return { where, part, read: sampleOf(row, above, where) };
  });
  refuseRepeated(samples);
  const of = (part: string) => samples.filter((one) => one.part === part).map(({ read }) => read);
  const [train, test] = [of('train'), of('test')];
  const wrong = train.find(({ label }) => label !== 'good');
  if (wrong)
    throw almost(
      `${file} has a defective image to learn from: ${wrong.path}`,
      'Use the split of one class, 1cls.csv.',
    );
  requiredTrain(train, file);
  await requiredFiles([...train, ...test], file);
  return split({ train, test });
};

function sampleOf(row: CsvRow, above: string, where: string): Sample {
  const { image, mask } = row.fields;
  const path = join(above, image!);
  if (oneOf(row, 'label', ['normal', 'anomaly'], where) === 'normal') return sample(path, 'good');
  return { ...sample(path, 'defect', 'anomaly'), mask: mask ? join(above, mask) : null };
}
