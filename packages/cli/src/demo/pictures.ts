import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { decodeImage, renderContactSheet, type Sample, type ScoringModel, type Tile } from '@ad/models';
import { isLocated, type Located, overlayRange, writeOverlay } from '../output/overlay.js';

const SHOWN_PER_KIND = 2;

/** What {@link writePictures} needs of a run. */
export interface PictureOptions {
  signal?: AbortSignal | undefined;
  threads?: number | undefined;
  onProgress?: (share: number) => void;
}

/** Writes an overlay of every test image, `overlays/<kind>/<name>.png`, and a contact sheet of some of each kind. */
export async function writePictures(
  model: ScoringModel,
  samples: readonly Sample[],
  folder: string,
  { signal, threads, onProgress }: PictureOptions,
): Promise<void> {
  const byPath = new Map(samples.map((sample) => [sample.path, sample]));
  const shown = new Map<string, number>();
  const tiles: Tile[] = [];
  let done = 0;
  for await (const [path, prediction] of model.predictAll(byPath.keys(), { signal, threads })) {
    if (!isLocated(prediction)) throw new TypeError(`${model.methodName} gives no anomaly maps to draw`);
    const sample = byPath.get(path)!;
    const kind = sample.defect ?? 'good';
    await writeOverlay(join(folder, 'overlays', kind, basename(path)), path, prediction, model);
    const before = shown.get(kind) ?? 0;
    shown.set(kind, before + 1);
    if (before < SHOWN_PER_KIND) tiles.push(...(await rowOf(sample, kind, prediction)));
    onProgress?.(++done / samples.length);
  }
  const { value } = model.thresholds.pixel;
  const sheet = await renderContactSheet(tiles, {
    columns: 2 * COLUMNS.length,
    tileSize: 192,
    headings: [...COLUMNS, ...COLUMNS],
    range: overlayRange(tiles.find(({ map }) => map)!.map!, value),
    threshold: value,
  });
  await writeFile(join(folder, 'contact_sheet.png'), sheet);
}

const COLUMNS = ['image', 'ground truth', 'anomaly map'];

async function rowOf(
  sample: Sample,
  kind: string,
  { map, regions, score, anomalous }: Located,
): Promise<Tile[]> {
  const image = await decodeImage(sample.path);
  const verdict = anomalous === null ? '' : anomalous ? 'defect ' : 'good ';
  return [
    { image, caption: `${kind} ${basename(sample.path, '.png')}` },
    { image, ...(sample.mask && { mask: await readMask(sample.mask) }) },
    { image, map: map.data, regions, caption: `${verdict}${score.toFixed(2)}` },
  ];
}

async function readMask(path: string): Promise<Uint8Array> {
  const { data } = await decodeImage(path);
  return data.filter((_, i) => i % 3 === 0);
}
