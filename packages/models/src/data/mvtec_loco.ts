import { access } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { almost, named, requiredImages } from './faults.js';
import { entries, foldersIn, imagesIn } from './files.js';
import { goodOf } from './mvtec.js';
import { type LayoutReader, type Sample, sample, split } from './sample.js';

const KINDS = ['logical_anomalies', 'structural_anomalies'];
const CONFIG = 'defects_config.json';

/**
 * MVTec LOCO: `train/good`, `validation/good`, `test/{good,logical_anomalies,structural_anomalies}`, a folder of masks
 * per image, `ground_truth/<kind>/<stem>/000.png`, one per defect, and `defects_config.json` with their saturation.
 */
export const readMvtecLoco: LayoutReader = async (root) => {
  const files = (await entries(root)).map((entry) => entry.name);
  const kinds = await foldersIn(join(root, 'test'));
  if (!files.includes(CONFIG) && !kinds.some((kind) => KINDS.includes(kind))) return null;
  const images = (...parts: string[]) => requiredImages(root, parts, 'MVTec LOCO');
  const train = goodOf(await images('train', 'good'));
  const validation = goodOf(await images('validation', 'good'));
  if (!kinds.includes('good')) await images('test', 'good');
  const config = join(root, CONFIG);
  await access(config).catch(() => {
    throw almost(
      `${root} has no ${CONFIG}; it has ${named(files)}`,
      'MVTec LOCO says there how much of a defect must be found.',
    );
  });
  const test: Sample[] = [];
  for (const kind of kinds) {
    const found = await imagesIn(join(root, 'test', kind));
    if (kind === 'good') test.push(...goodOf(found));
    else test.push(...(await withMaskFolders(root, kind, found)));
  }
  return split({ train, validation, test, defectsConfig: config });
};

async function withMaskFolders(root: string, kind: string, images: string[]): Promise<Sample[]> {
  const folder = join(root, 'ground_truth', kind);
  const folders = new Set(await foldersIn(folder));
  return images.map((path) => {
    const { name, base } = parse(path);
    if (folders.has(name)) return { ...sample(path, 'defect', kind), mask: join(folder, name) };
    throw almost(
      `test/${kind}/${base} has no masks: there is no folder ${join(folder, name)}`,
      'In the MVTec LOCO layout every defective image has a folder of masks.',
    );
  });
}
