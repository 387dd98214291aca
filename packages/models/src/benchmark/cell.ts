import { sha256 } from '../digest.js';
import type { Json } from '../methods/index.js';

/** One fit and its evaluation: what a benchmark is made of. */
export interface Cell {
  /** Name of the data set. */
  category: string;
  method: string;
  /** Settings of the method that are not its defaults. */
  settings: Record<string, Json>;
  /** Name of the backbone. */
  backbone: string;
  /** Good images that are learned from, chosen by the seed; null: all of them. */
  shots: number | null;
  seed: number;
}

/** The method with its settings, as tables name it: `dfm score=nll`. */
export function methodLabel({ method, settings }: Pick<Cell, 'method' | 'settings'>): string {
  return [method, ...Object.entries(settings).map(([key, value]) => `${key}=${String(value)}`)].join(' ');
}

/**
 * A cell's file name: readable, and different for whatever could change its result.
 *
 * @param circumstances - what the result depends on beside the cell: data, backbone, pre-processing, version
 */
export function cellId(cell: Cell, circumstances: Json): string {
  const { category, backbone, shots, seed } = cell;
  const readable = [
    category,
    backbone,
    methodLabel(cell),
    shots === null ? 'all' : `${shots}-shot`,
    `seed${seed}`,
  ]
    .join('--')
    .replaceAll(/[^\w.=-]+/g, '_');
  const all = JSON.stringify([cell as unknown as Json, circumstances]);
  return `${readable}--${sha256(Buffer.from(all)).slice(0, 8)}`;
}
