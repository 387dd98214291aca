import { basename, join } from 'node:path';
import { AdError } from '@ad/core-native';
import type { BackboneSource } from '../backbone/index.js';
import { readBackbone } from '../backbone/source.js';
import { listCategories, openDataset } from '../data/index.js';
import { checkPreprocess, type InputConvention, type PreprocessSettings } from '../image/index.js';
import type { Json } from '../methods/index.js';
import { defaultRecipe } from '../model/fit.js';
import { TOOL } from '../version.js';
import { type Cell, cellId } from './cell.js';
import { type DataPrint, DataPrints } from './data_print.js';
import { choiceOf, type MethodSpec, withoutDefaults } from './method_spec.js';

/** What a benchmark varies. */
export interface BenchmarkAxes {
  /** Data sets, or folders of several. */
  data: readonly string[];
  /** Names of those that are wanted; all without it. */
  categories?: readonly string[] | undefined;
  methods: readonly MethodSpec[];
  /** Names or ONNX files. */
  backbones: readonly string[];
  /** For methods that have a coreset and were not given one. */
  coreset?: readonly number[] | undefined;
  /** Good images to learn from, null: all. */
  shots: readonly (number | null)[];
  seeds: readonly number[];
  /** What all methods shall share; of the rest each has its own default, most often the same. */
  preprocess: Partial<PreprocessSettings>;
  /** What values backbones want, where they do not say so themselves. */
  convention?: InputConvention | undefined;
}

/** A cell with where it is found. */
export interface PlannedCell extends Cell {
  id: string;
  /** Folder of its data set. */
  root: string;
  preprocess: PreprocessSettings;
  /** Digest of the data, however it is split. */
  data: string;
  /** Whether the seed changes nothing. */
  deterministic: boolean;
}

/** All cells, those that share feature maps together. */
export interface BenchmarkPlan {
  cells: PlannedCell[];
  backbones: Map<string, BackboneSource>;
  /** Images per data set, to learn from and to test on. */
  images: Map<string, number>;
  convention: InputConvention | undefined;
  /** What was left out, and why. */
  notes: string[];
}

/**
 * Every combination of the axes, without those that would say the same: where neither method nor data depends on the
 * seed, only the first seed is run.
 *
 * @throws AdError E_DATASET, E_BACKBONE, E_ARGUMENT (nothing to do, an unknown category, a crop larger than its image)
 */
export async function planBenchmark(axes: BenchmarkAxes): Promise<BenchmarkPlan> {
  const roots = await rootsOf(axes);
  const backbones = await backbonesOf(axes.backbones);
  const { convention } = axes;
  const plan: BenchmarkPlan = { cells: [], backbones, images: new Map(), convention, notes: [] };
  for (const root of roots) {
    const data = await splitsOf(root, axes.seeds);
    const { name, train, test } = data.splits[0]!;
    if (plan.images.has(name)) throw twice(name);
    plan.images.set(name, train.length + test.length);
    for (const source of backbones.values()) {
      for (const { method, settings } of expanded(axes).map(withoutDefaults)) {
        const preprocess = inputOf(method, settings, axes.preprocess);
        for (const shots of axes.shots) {
          if (shots !== null && shots > train.length) {
            const note = `${name} has ${train.length} good images to learn from: ${shots} shots are left out.`;
            if (!plan.notes.includes(note)) plan.notes.push(note);
            continue;
          }
          const deterministic = (choiceOf(method).deterministic && shots === null && !data.seeded) || false;
          const seeds = deterministic ? axes.seeds.slice(0, 1) : axes.seeds;
          for (const [i, seed] of seeds.entries()) {
            const cell: Cell = { category: name, method, settings, backbone: source.name, shots, seed };
            const about: Json = [
              source.sha256,
              preprocess as unknown as Json,
              convention ?? null,
              data.prints[i]!.split,
              TOOL.version,
            ];
            const id = cellId(cell, about);
            if (plan.cells.some((planned) => planned.id === id)) continue;
            plan.cells.push({ ...cell, id, root, preprocess, data: data.prints[i]!.data, deterministic });
          }
        }
      }
    }
  }
  if (plan.cells.length > 0) return plan;
  throw new AdError(
    'E_ARGUMENT',
    `There is nothing to do. ${plan.notes.join(' ')}`.trim(),
    'Name methods, backbones, shots and seeds.',
  );
}

function inputOf(method: string, settings: MethodSpec['settings'], told: Partial<PreprocessSettings>) {
  const preprocess = { ...defaultRecipe(method, settings).preprocess, ...told };
  try {
    checkPreprocess(preprocess);
  } catch (cause) {
    const { code, message, hint } = cause as AdError;
    throw new AdError(code, `${method}: ${message}`, hint, { cause });
  }
  return preprocess;
}

async function rootsOf({ data, categories }: BenchmarkAxes): Promise<string[]> {
  const roots: string[] = [];
  for (const root of data) {
    const inside = await listCategories(root);
    roots.push(...(inside.length > 0 ? inside.map((name) => join(root, name)) : [root]));
  }
  if (categories === undefined) return roots;
  const names = roots.map((root) => basename(root));
  const unknown = categories.filter((category) => !names.includes(category));
  if (unknown.length === 0) return roots.filter((_, i) => categories.includes(names[i]!));
  throw new AdError(
    'E_ARGUMENT',
    `There is no category ${unknown.join(', ')}; there are ${names.join(', ')}.`,
  );
}

async function backbonesOf(names: readonly string[]): Promise<Map<string, BackboneSource>> {
  const sources = new Map<string, BackboneSource>();
  for (const name of names) {
    const source = await readBackbone(name);
    if (sources.has(source.name)) throw twice(source.name);
    sources.set(source.name, source);
  }
  return sources;
}

function twice(name: string): AdError {
  return new AdError(
    'E_ARGUMENT',
    `The name '${name}' is there twice; results could not be told apart.`,
    'Rename one of them.',
  );
}

function expanded({ methods, coreset }: BenchmarkAxes): MethodSpec[] {
  return methods.flatMap((spec) => {
    const varies = choiceOf(spec.method).options.some(({ key }) => key === 'coreset');
    if (!coreset || !varies || spec.settings.coreset !== undefined) return [spec];
    return coreset.map((share) => ({ ...spec, settings: { ...spec.settings, coreset: share } }));
  });
}

/** A data set as each seed splits it, and whether the seed makes a difference: what one more seed would tell, too. */
async function splitsOf(root: string, seeds: readonly number[]) {
  const known = new DataPrints();
  const splits = await Promise.all(seeds.map((seed) => openDataset(root, { seed })));
  const other = await openDataset(root, { seed: Math.max(...seeds) + 1 });
  const prints: DataPrint[] = [];
  for (const data of [...splits, other]) prints.push(await known.of(data));
  return { splits, prints, seeded: new Set(prints.map(({ split }) => split)).size > 1 };
}
