import { access } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { almost, named } from './faults.js';
import { entries, foldersIn } from './files.js';
import { imagesAlone, noteLeftovers, refuseLeftovers } from './leftovers.js';
import { goodOf } from './mvtec.js';
import { requiredImages } from './required_images.js';
import { type LayoutReader, type Sample, sample, split } from './sample.js';

const KINDS = ['logical_anomalies', 'structural_anomalies'];
const LAYOUT = 'MVTec LOCO';
const CONFIG = 'defects_config.json';

/**
 * MVTec LOCO: `train/good`, `validation/good`, `test/{good,logical_anomalies,structural_anomalies}`, a folder of masks
 * per image, `ground_truth/<kind>/<stem>/000.png`, one per defect, and `defects_config.json` with their saturation.
 */
export const readMvtecLoco: LayoutReader = async (root) => {
  const files = (await entries(root)).map((entry) => entry.name);
  const kinds = await foldersIn(join(root, 'test'));
  if (!files.includes(CONFIG) && !kinds.some((kind) => KINDS.includes(kind))) return null;
  const images = (...parts: string[]) => requiredImages(root, parts, LAYOUT);
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
    const found = await imagesAlone(join(root, 'test', kind), LAYOUT);
    if (kind === 'good') test.push(...goodOf(found));
    else test.push(...(await withMaskFolders(root, kind, found)));
  }
  const known = {
    train: ['good'],
    validation: ['good'],
    test: kinds,
    ground_truth: kinds.filter((kind) => kind !== 'good'),
  };
  for (const [part, folders] of Object.entries(known))
    await refuseLeftovers(join(root, part), { folders }, LAYOUT);
  const notes = await noteLeftovers(root, { folders: Object.keys(known) });
  return split({ train, validation, test, defectsConfig: config, notes });
};

async function withMaskFolders(root: string, kind: string, images: string[]): Promise<Sample[]> {
  const folder = join(root, 'ground_truth', kind);
  const folders = new Set(await foldersIn(folder));
  await refuseLeftovers(folder, { folders: [...folders] }, LAYOUT);
  const samples = images.map((path): Sample => {
    const { name, base } = parse(path);
    if (folders.delete(name)) return { ...sample(path, 'defect', kind), mask: join(folder, name) };
    throw almost(
      `test/${kind}/${base} has no masks: there is no folder ${join(folder, name)}`,
      'In the MVTec LOCO layout every defective image has a folder of masks.',
    );
  });
  if (folders.size === 0) return samples;
  throw almost(
    `${folder} has folders of masks that no image takes: ${named([...folders])}`,
    `Expected folders named as the stems of the images of ${join(root, 'test', kind)}: rename one, restore its image or remove it.`,
  );
}
