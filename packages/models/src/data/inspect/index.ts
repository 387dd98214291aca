import { relative } from 'node:path';
import { mapOrdered } from '../../pipeline/map_ordered.js';
import type { Dataset, Sample } from '../sample.js';
import { type Examined, examine } from './examine.js';
import { type Problem, problemsOf } from './problems.js';
import { unitePictures } from './unite_pictures.js';

export type { Problem } from './problems.js';

/** What a data set holds, and what is wrong with it. Paths are relative to its root. */
export interface DataReport {
  name: string;
  layout: string;
  counts: Record<Examined['part'], Record<Sample['label'], number>>;
  /** Of each kind of defect how many images there are, and how many of them have a mask. */
  defects: { kind: string; images: number; masks: number }[];
  /** Most frequent first. */
  sizes: { width: number; height: number; images: number }[];
  /** Channels and bits per channel, most frequent first. */
  formats: { channels: number; bits: number; images: number }[];
  notes: string[];
  problems: Problem[];
}

const AT_ONCE = 4;

/**
 * Reads every file of a data set to its end and says what is in it: counts, kinds of defects, sizes, and problems that
 * would spoil a fit or its numbers. Images are decoded a few rows at a time, so that large ones take no more memory; those
 * that may be copies of each other are decoded once more, one after the other.
 *
 * @example
 * const { problems } = await inspectData(await openDataset('./bottle'));
 * for (const { kind, message, paths } of problems) console.log(kind, message, paths);
 */
export async function inspectData(
  data: Dataset,
  options: { signal?: AbortSignal | undefined; onProgress?: ((share: number) => void) | undefined } = {},
): Promise<DataReport> {
  const all = (['train', 'validation', 'test'] as const).flatMap((part) =>
    data[part].map((sample) => ({ sample, part })),
  );
  const images: Examined[] = [];
  const work = async ({ sample, part }: (typeof all)[number]) => {
    options.signal?.throwIfAborted();
    return examine(sample, part);
  };
  for await (const examined of mapOrdered(all, work, AT_ONCE)) {
    images.push(examined);
    options.onProgress?.(images.length / all.length);
  }
  await unitePictures(images, options.signal);
  const counts = countsOf(images);
  const headers = images.flatMap(({ header }) => (header ? [header] : []));
  return {
    name: data.name,
    layout: data.layout,
    counts,
    defects: defectsOf(images),
    sizes: tally(headers, ({ width, height }) => ({ width, height })),
    formats: tally(headers, ({ channels, bits }) => ({ channels, bits })),
    notes: data.notes,
    problems: problemsOf(images, data.layout).map((problem) => fromRoot(problem, data.root)),
  };
}

function countsOf(images: readonly Examined[]): DataReport['counts'] {
  const none = () => ({ good: 0, defect: 0, unknown: 0 });
  const counts = { train: none(), validation: none(), test: none() };
  for (const { part, label } of images) counts[part][label]++;
  return counts;
}

function defectsOf(images: readonly Examined[]): DataReport['defects'] {
  const kinds = new Map<string, { kind: string; images: number; masks: number }>();
  for (const { defect, masks } of images) {
    if (defect === null) continue;
    const found = kinds.get(defect) ?? { kind: defect, images: 0, masks: 0 };
    kinds.set(defect, found);
    found.images++;
    if (masks.length > 0) found.masks++;
  }
  return [...kinds.values()];
}

/** Equal values together, the most frequent first. */
function tally<T, V extends object>(items: readonly T[], value: (item: T) => V): (V & { images: number })[] {
  const groups = new Map<string, V & { images: number }>();
  for (const item of items) {
    const key = JSON.stringify(value(item));
    const group = groups.get(key) ?? { ...value(item), images: 0 };
    group.images++;
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.images - a.images);
}

function fromRoot(problem: Problem, root: string): Problem {
  return { ...problem, paths: problem.paths.map((path) => relative(root, path)) };
}
