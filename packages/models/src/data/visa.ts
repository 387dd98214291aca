import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { checkColumns, parseCsv, requiredFiles } from './csv.js';
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
  const text = await readFile(file, 'utf8').catch(() => {
    throw almost(
      `${root} is a category of VisA, but its split is missing: there is no ${file}`,
      'Keep split_csv/1cls.csv beside the categories, as VisA comes.',
    );
  });
  const rows = parseCsv(text, file);
  checkColumns(rows, COLUMNS, file);
  const own = rows.filter((row) => row.object === category);
  if (own.length === 0) {
    const objects = [...new Set(rows.map((row) => row.object!))];
    throw almost(
      `${file} has no rows of '${category}'; it has ${named(objects)}`,
      'Keep the folder names of VisA.',
    );
  }
  const samples = (part: string) =>
    own.filter((row) => row.split === part).map((row) => sampleOf(row, above));
  const [train, test] = [samples('train'), samples('test')];
  const wrong = train.find(({ label }) => label !== 'good');
  if (wrong)
    throw almost(
      `${file} has a defective image to learn from: ${wrong.path}`,
      'Use the split of one class, 1cls.csv.',
    );
  await requiredFiles([...train, ...test], file);
  return split({ train, test });
};

function sampleOf(row: Record<string, string>, above: string): Sample {
  const path = join(above, row.image!);
  if (row.label === 'normal') return sample(path, 'good');
  return { ...sample(path, 'defect', 'anomaly'), mask: row.mask ? join(above, row.mask) : null };
}
