import type { Examined } from './examine.js';

/** Something that should be looked at before a model is fitted. */
export interface Problem {
  kind:
    | 'corrupt'
    | 'leak'
    | 'contradiction'
    | 'duplicate'
    | 'blank-mask'
    | 'mask-size'
    | 'mask-missing'
    | 'size-outlier';
  /** An error spoils fits or numbers; a warning may be meant. */
  severity: 'error' | 'warning';
  message: string;
  /** The files that it is about. */
  paths: string[];
}

/** Layouts that are complete without masks; a table has a column of them, which may be empty. */
const WITHOUT_MASKS = ['manifest', 'good-bad', 'plain'];

/** All problems of some images, errors first; their layout says whether there should be masks. */
export function problemsOf(images: readonly Examined[], layout: string): Problem[] {
  const problems = [
    ...corrupt(images),
    ...duplicates(images),
    ...maskProblems(images),
    ...missingMasks(images, layout),
    ...outliers(images),
  ];
  const errors = problems.filter(({ severity }) => severity === 'error');
  return [...errors, ...problems.filter(({ severity }) => severity !== 'error')];
}

function corrupt(images: readonly Examined[]): Problem[] {
  const files = images.flatMap((image) => [image, ...image.masks]);
  return files.flatMap(({ path, corrupt: message }): Problem[] =>
    message === null ? [] : [{ kind: 'corrupt', severity: 'error', message, paths: [path] }],
  );
}

/** Equal pictures: between learning and testing, between good and defective, or merely twice. */
function duplicates(images: readonly Examined[]): Problem[] {
  const groups = new Map<string, Examined[]>();
  for (const image of images) {
    if (image.picture === null) continue;
    groups.set(image.picture, [...(groups.get(image.picture) ?? []), image]);
  }
  return [...groups.values()].filter((group) => group.length > 1).map(duplicate);
}

function duplicate(group: Examined[]): Problem {
  const paths = group.map(({ path }) => path);
  const labels = new Set(group.map(({ label }) => label).filter((label) => label !== 'unknown'));
  if (labels.size > 1) {
    return {
      kind: 'contradiction',
      severity: 'error',
      message: 'The same image is labelled good and defective.',
      paths,
    };
  }
  const parts = [...new Set(group.map(({ part }) => part))];
  if (parts.length > 1) {
    return {
      kind: 'leak',
      severity: 'error',
      message: `The same image is in ${parts.join(' and ')}.`,
      paths,
    };
  }
  return {
    kind: 'duplicate',
    severity: 'warning',
    message: `The same image is ${group.length} times in ${parts[0]}.`,
    paths,
  };
}

function maskProblems(images: readonly Examined[]): Problem[] {
  const problems: Problem[] = [];
  for (const { path, header, masks } of images) {
    const readable = masks.filter((mask) => mask.corrupt === null);
    for (const mask of readable) {
      if (header && (mask.width !== header.width || mask.height !== header.height)) {
        const message = `The mask has ${mask.width} x ${mask.height} pixels, its image ${header.width} x ${header.height}.`;
        problems.push({ kind: 'mask-size', severity: 'error', message, paths: [mask.path, path] });
      }
      if (mask.blank) {
        const message = 'The image is labelled defective, but its mask marks nothing.';
        problems.push({ kind: 'blank-mask', severity: 'error', message, paths: [mask.path, path] });
      }
    }
  }
  return problems;
}

function missingMasks(images: readonly Examined[], layout: string): Problem[] {
  const defective = images.filter(({ label }) => label === 'defect');
  const bare = defective.filter(({ masks }) => masks.length === 0);
  const all = bare.length === defective.length;
  if (bare.length === 0 || (all && WITHOUT_MASKS.includes(layout))) return [];
  const message = all
    ? `None of the ${bare.length} defective images has a mask, though the layout ${layout} has masks: there are no pixel metrics.`
    : `${bare.length} of ${defective.length} defective images have no mask: pixel metrics leave them out.`;
  return [{ kind: 'mask-missing', severity: 'warning', message, paths: bare.map(({ path }) => path) }];
}

/** Beyond this many robust standard deviations of log size or log aspect (Iglewicz and Hoaglin 1993). */
const ROBUST_DEVIATIONS = 3.5;
/** And by this factor at least: sizes that differ by some pixels do not matter. */
const NOTABLE_FACTOR = 1.25;

function outliers(images: readonly Examined[]): Problem[] {
  const known = images.flatMap((image) => (image.header ? [{ ...image, ...image.header }] : []));
  const far = new Set<(typeof known)[number]>();
  for (const measure of [
    (size: { width: number; height: number }) => Math.log(size.width * size.height) / 2,
    (size: { width: number; height: number }) => Math.log(size.width / size.height),
  ]) {
    const values = known.map(measure);
    const centre = median(values);
    const spread = 1.4826 * median(values.map((value) => Math.abs(value - centre)));
    const limit = Math.max(ROBUST_DEVIATIONS * spread, Math.log(NOTABLE_FACTOR));
    known.forEach((image, i) => {
      if (Math.abs(values[i]! - centre) > limit) far.add(image);
    });
  }
  const typical = [median(known.map(({ width }) => width)), median(known.map(({ height }) => height))];
  return [...far].map(({ path, width, height }) => ({
    kind: 'size-outlier',
    severity: 'warning',
    message: `${width} x ${height} pixels, while ${typical.join(' x ')} is typical.`,
    paths: [path],
  }));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
