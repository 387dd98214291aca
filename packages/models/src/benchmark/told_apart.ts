import type { Json } from '../methods/index.js';
import { methodLabel } from './cell.js';
import type { CellResult } from './store.js';

/** A result as tables name it. */
export interface NamedResult {
  method: string;
  /** With the data set and the backbone as tables name them. */
  result: CellResult;
}

/**
 * Names results so that what shares a name is the same experiment. A folder may hold results of data that has changed since, of
 * several inputs, of two networks of one name: their means would be of nothing. What differs is added to the names.
 */
export function toldApart(results: readonly CellResult[]): NamedResult[] {
  const category = naming(results, ({ cell }) => cell.category, [
    ({ protocol }) => protocol.data.slice(0, 4),
  ]);
  const backbone = naming(results, ({ cell }) => cell.backbone, [
    ({ protocol }) => protocol.backbone.sha256.slice(0, 4),
    ({ protocol }) => protocol.backbone.convention,
  ]);
  const method = naming(results, ({ cell }) => methodLabel(cell), [
    ({ protocol }) => `input=${inputText(protocol.preprocess)}`,
    ({ protocol }) => `version=${protocol.tool}`,
  ]);
  return results.map((result) => {
    const cell = { ...result.cell, category: category(result), backbone: backbone(result) };
    return { method: method(result), result: { ...result, cell } };
  });
}

/** What a network gets to see, in words. */
export function inputText(preprocess: Json): string {
  const { resize, imageSize, crop } = preprocess as Record<string, Json>;
  return `${resize} ${imageSize}, ${crop === null ? 'no crop' : `centre ${crop}`}`;
}

type Told = (result: CellResult) => string;

/** The name, and of each attribute its value where results of one name differ in it. */
function naming(results: readonly CellResult[], name: Told, attributes: readonly Told[]): Told {
  const found = new Map<string, Set<string>>();
  const key = (result: CellResult, attribute: number) => `${attribute} ${name(result)}`;
  for (const result of results) {
    for (const [i, attribute] of attributes.entries()) {
      const values = found.get(key(result, i)) ?? new Set();
      found.set(key(result, i), values.add(attribute(result)));
    }
  }
  return (result) => {
    const differing = attributes.filter((_, i) => found.get(key(result, i))!.size > 1);
    return [name(result), ...differing.map((attribute) => attribute(result))].join(' ');
  };
}
