import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { laid, MARKED } from '../testing/laid.js';
import { temporaryFolder } from '../testing/temporary.js';
import { TINY_BACKBONE, TINY_PREPROCESS } from '../testing/tiny.js';
import { parseMethodSpec } from './method_spec.js';
import { type BenchmarkAxes, planBenchmark } from './plan.js';
import { coresetPlots, lowShotPlots } from './plots.js';
import { besidePublished, publishedNumbers } from './published.js';
import { writeReport } from './report.js';
import type { SpeedResult } from './speed.js';
import { type CellResult, RunStore } from './store.js';
import { categoriesOf, linesOf, overSeeds } from './summary.js';
import { linePlot } from './svg.js';
import { metricTables } from './tables.js';

const folder = await temporaryFolder();

const result = (
  cell: Partial<CellResult['cell']>,
  metrics: CellResult['metrics'],
  deterministic = false,
): CellResult => ({
  cell: {
    category: 'bottle',
    method: 'patchcore',
    settings: {},
    backbone: 'resnet18',
    shots: null,
    seed: 0,
    ...cell,
  },
  protocol: {
    layout: 'mvtec',
    data: 'd1',
    backbone: { name: 'resnet18', sha256: 'abc', layers: ['layer2'], convention: 'imagenet' },
    preprocess: { resize: 'shorter', imageSize: 256, crop: 224 },
    map: {},
    mask: 'half',
    deterministic,
    tool: 'test',
    notes: [],
  },
  status: 'done',
  images: { train: 1, good: 1, defect: 1 },
  metrics,
  interval: null,
  facts: {},
  notes: [],
  predictions: [],
});

describe('a plan', () => {
  const axes = async (): Promise<BenchmarkAxes> => {
    const root = await laid(join(folder, 'data'), {
      'train/good/0.png': [1],
      'train/good/1.png': [2],
      'test/good/0.png': [3],
      'test/dent/0.png': [4],
      'ground_truth/dent/0_mask.png': MARKED,
    });
    return {
      data: [root],
      methods: ['patchcore', 'dfm:score=nll'].map(parseMethodSpec),
      backbones: [TINY_BACKBONE],
      shots: [null],
      seeds: [0, 1],
      preprocess: TINY_PREPROCESS,
    };
  };

  test('runs once what the seed does not change, and every seed where it chooses images', async () => {
    const told = async (more: Partial<BenchmarkAxes>) =>
      (await planBenchmark({ ...(await axes()), ...more })).cells.map(({ method, shots, seed, settings }) =>
        `${method} ${shots} ${seed} ${settings.coreset ?? ''}`.trim(),
      );
    expect(await told({})).toEqual(['patchcore null 0', 'patchcore null 1', 'dfm null 0']);
    expect(await told({ shots: [1] })).toEqual(['patchcore 1 0', 'patchcore 1 1', 'dfm 1 0', 'dfm 1 1']);
    // 0.1 is the default: the same work under one name.
    expect(await told({ coreset: [1, 0.1], seeds: [3] })).toEqual([
      'patchcore null 3 1',
      'patchcore null 3',
      'dfm null 3',
    ]);
  });

  test('gives each method the input that it takes by itself, and all of them what they are told', async () => {
    const methods = ['patchcore', 'stfpm', 'stfpm:preset=paper'].map(parseMethodSpec);
    const inputs = async (preprocess: BenchmarkAxes['preprocess']) => {
      const { cells } = await planBenchmark({ ...(await axes()), methods, seeds: [0], preprocess });
      return cells.map(({ preprocess: { resize, imageSize, crop } }) => `${resize} ${imageSize} ${crop}`);
    };
    expect(await inputs({})).toEqual(['shorter 256 224', 'stretch 128 null', 'stretch 256 null']);
    expect(await inputs({ imageSize: 64, crop: null })).toEqual([
      'shorter 64 null',
      'stretch 64 null',
      'stretch 64 null',
    ]);
    // Fits PatchCore's images of 256 pixels, but not STFPM's of 128.
    await expect(inputs({ crop: 192 })).rejects.toThrow(
      'stfpm: The crop of 192 pixels does not fit into images resized to 128.',
    );
  });

  test('gives a cell another name when data, backbone or pre-processing change', async () => {
    const id = async (more: Partial<BenchmarkAxes>) =>
      (await planBenchmark({ ...(await axes()), ...more })).cells[0]!.id;
    const first = await id({});
    expect(first).toMatch(/^data--tiny--patchcore--all--seed0--[0-9a-f]{8}$/);
    expect(await id({})).toBe(first);
    expect(await id({ preprocess: { ...TINY_PREPROCESS, imageSize: 32 } })).not.toBe(first);
    expect(await id({ convention: '0..1' })).not.toBe(first);
    await laid(join(folder, 'data'), { 'train/good/2.png': [5] });
    const grown = await id({});
    expect(grown).not.toBe(first);
    // A mask that was corrected, and a file of the same size.
    const same = await axes();
    const mask = join(folder, 'data/ground_truth/dent/0_mask.png');
    const bytes = await readFile(mask);
    bytes[bytes.length - 20]! ^= 1;
    await writeFile(mask, bytes);
    expect((await planBenchmark(same)).cells[0]!.id).not.toBe(grown);
  });

  test('knows by one seed whether the seed makes a difference', async () => {
    const tiles = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`MT_Free/Imgs/${i}.jpg`, [i]]));
    const root = await laid(join(folder, 'tiles'), { ...tiles, 'MT_Crack/Imgs/a.jpg': [99] });
    const methods = [parseMethodSpec('mahalanobis')];
    const of = async (more: Partial<BenchmarkAxes>) =>
      (await planBenchmark({ ...(await axes()), methods, data: [root], ...more })).cells;
    const [one] = await of({ seeds: [0] });
    const [first, second] = await of({});
    expect(one).toEqual(first);
    expect(first).toMatchObject({ seed: 0, deterministic: false, data: second!.data });
    expect((await of({ data: [(await axes()).data[0]!], seeds: [5] }))[0]!.deterministic).toBe(true);
  });

  test('has no cell twice', async () => {
    const methods = ['dfm', 'dfm', 'dfm:score=fre'].map(parseMethodSpec);
    const { cells } = await planBenchmark({ ...(await axes()), methods, shots: [1, 1] });
    expect(cells.map(({ seed }) => seed)).toEqual([0, 1]);
  });

  test('refuses what it cannot do, and says what it leaves out', async () => {
    const plan = async (more: Partial<BenchmarkAxes>) => planBenchmark({ ...(await axes()), ...more });
    await expect(plan({ categories: ['cable'] })).rejects.toThrow(
      'There is no category cable; there are data.',
    );
    await expect(plan({ backbones: [TINY_BACKBONE, TINY_BACKBONE] })).rejects.toThrow(
      "'tiny' is there twice",
    );
    await expect(plan({ shots: [50] })).rejects.toThrow(/There is nothing to do. data has \d good images/);
    expect((await plan({ shots: [1, 50] })).notes).toHaveLength(1);
  });
});

test('methods are read with their settings', () => {
  expect(parseMethodSpec('patchcore:coreset=0.25:balanceLevels=false')).toEqual({
    method: 'patchcore',
    settings: { coreset: 0.25, balanceLevels: false },
  });
  expect(() => parseMethodSpec('dfm:depth=3')).toThrow("'depth=3' is not a setting of dfm");
  expect(() => parseMethodSpec('dfm:score=best')).toThrow('score');
  expect(() => parseMethodSpec('resnet')).toThrow("There is no method 'resnet'");
});

describe('tables', () => {
  const all = [
    result({ seed: 0 }, { image_auroc: 0.9, pixel_auroc: 0.8 }),
    result({ seed: 1 }, { image_auroc: 0.96, pixel_auroc: 0.8 }),
    result({ category: 'cable' }, { image_auroc: 0.5 }),
    result({ method: 'dfkde' }, { image_auroc: 0.99, pixel_auroc: null }, true),
  ];

  test('hold means over seeds, the average first, the best in bold, and how far seeds scatter', () => {
    const [image, pixel] = metricTables(linesOf(all));
    expect(image!.markdown).toContain('| Model | Backbone | Avg | bottle | cable |');
    // The average of a line without all categories would compare what cannot be compared.
    expect(image!.markdown).toContain('| dfkde | resnet18 | - | **0.990** | - |');
    expect(image!.markdown).toContain('| patchcore | resnet18 | **0.715** | 0.930 | **0.500** |');
    expect(image!.markdown).toContain('| 0.9300 ± 0.0424 (2) | 0.5000, one seed |');
    expect(image!.markdown).toContain('| 0.9900, deterministic | - |');
    expect(image!.csv.split('\r\n')[0]).toBe('Model,Backbone,Avg,Worst,Worst value,bottle,cable');
    expect(JSON.parse(image!.json)).toHaveLength(2);
    expect(pixel!.markdown).not.toContain('| dfkde | resnet18 | 0');
  });

  test('a metric that one seed does not define is not defined', () => {
    const [line] = linesOf([result({}, { aupro: 0.5 }), result({ seed: 1 }, { aupro: null })]);
    expect(overSeeds(line!, 'bottle', 'aupro')).toBeNull();
    expect(overSeeds(line!, 'cable', 'aupro')).toBeUndefined();
  });

  test('results that share a name but are of other data, inputs or networks have lines of their own', () => {
    const other = (protocol: Partial<CellResult['protocol']>, auroc: number) => {
      const one = result({ seed: 1 }, { image_auroc: auroc });
      return { ...one, protocol: { ...one.protocol, ...protocol } };
    };
    const first = result({}, { image_auroc: 0.9 });
    const { backbone, preprocess } = first.protocol;
    const values = (second: CellResult) =>
      linesOf([first, second]).map((line) =>
        [line.method, line.backbone, ...categoriesOf([line])].concat(
          line.results.map(({ metrics }) => String(metrics.image_auroc)),
        ),
      );
    expect(values(other({}, 0.8))).toEqual([['patchcore', 'resnet18', 'bottle', '0.9', '0.8']]);
    expect(values(other({ data: 'e2' }, 0.8))).toEqual([
      ['patchcore', 'resnet18', 'bottle d1', 'bottle e2', '0.9', '0.8'],
    ]);
    const input = { ...(preprocess as Record<string, never>), imageSize: 128, crop: null };
    expect(values(other({ preprocess: input }, 0.8))).toEqual([
      ['patchcore input=shorter 128, no crop', 'resnet18', 'bottle', '0.8'],
      ['patchcore input=shorter 256, centre 224', 'resnet18', 'bottle', '0.9'],
    ]);
    expect(values(other({ backbone: { ...backbone, sha256: 'f00f00' } }, 0.8))).toEqual([
      ['patchcore', 'resnet18 abc', 'bottle', '0.9'],
      ['patchcore', 'resnet18 f00f', 'bottle', '0.8'],
    ]);
  });

  test('counts have few decimals, names keep theirs', () => {
    const one = result({ settings: { coreset: 0.125 } }, { false_positives_at_full_recall: 3 });
    expect(metricTables(linesOf([one]))[0]!.markdown).toContain(
      '| patchcore coreset=0.125 | resnet18 | **3.0** |',
    );
  });

  test('published numbers stand beside, with their source and the difference', () => {
    expect(publishedNumbers()).toContainEqual({
      layout: 'mtd',
      category: 'Magnetic Tile',
      method: 'patchcore',
      backbone: 'Wide-ResNet-50-2',
      metric: 'image_auroc',
      value: 0.979,
      source: expect.stringContaining('Roth'),
    });
    const text = besidePublished(linesOf(all))!;
    expect(text).toContain('| 0.9300 | 0.9720 (ResNet-18) | -0.0420 | anomalib');
    expect(text).toContain('| 0.9300 | 1.0000 (Wide-ResNet-50-2) | -0.0700 | Patra');
    const at = (category: string, layout = 'mvtec') => {
      const one = result({ category }, { image_auroc: 0.9 });
      return besidePublished(linesOf([{ ...one, protocol: { ...one.protocol, layout } }]));
    };
    expect(at('mvtec-bottle-450')).toContain('| -0.0720 |');
    expect(at('unheard-of')).toBeNull();
    expect(at('my-bottle')).toBeNull();
    // The tiles of MVTec AD are others than those of Magnetic Tile.
    expect(at('magnetic-tile', 'mtd')!.match(/Wide-ResNet/g)).toHaveLength(1);
    expect(at('magnetic-tile', 'mtd')).toContain('0.9790 (Wide-ResNet-50-2) | -0.0790 | Roth');
  });
});

describe('plots', () => {
  const shots = [1, 5, 10].map((n) => result({ shots: n }, { image_auroc: 0.8 + n / 100 }));
  const shares = [1, 0.1].map((coreset) =>
    result({ settings: { coreset } }, { image_auroc: 0.9, aupro: coreset / 2 }),
  );

  test('show how few images suffice, and what a smaller bank costs', () => {
    expect(lowShotPlots(linesOf([...shots, ...shares])).map(({ file }) => file)).toEqual([
      'low-shot-bottle-image_auroc.svg',
    ]);
    const coreset = coresetPlots(linesOf([...shots, ...shares]));
    expect(coreset.map(({ file }) => file)).toEqual([
      'coreset-bottle-image_auroc.svg',
      'coreset-bottle-aupro.svg',
    ]);
    expect(coreset[0]!.svg).toContain('patchcore, resnet18');
  });

  test('place points between the ticks, escape names, and keep labels apart', () => {
    const points = [
      { x: 1, y: 0.5 },
      { x: 10, y: 0.75, deviation: 0.05 },
      { x: 100, y: 1 },
    ];
    const svg = linePlot({
      title: 'a < b',
      xLabel: 'x',
      yLabel: 'y',
      curves: ['one', 'two'].map((name) => ({ name, points })),
    });
    const dots = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    expect(dots[1]![0]! - dots[0]![0]!).toBeCloseTo(dots[2]![0]! - dots[1]![0]!, 1);
    expect(dots[0]![1]! - dots[1]![1]!).toBeCloseTo(dots[1]![1]! - dots[2]![1]!, 1);
    expect(svg).toContain('a &lt; b');
    const labels = [...svg.matchAll(/<text x="[\d.]+" y="([\d.]+)" fill/g)].map(([, y]) => Number(y));
    expect(Math.abs(labels[0]! - labels[1]!)).toBeGreaterThanOrEqual(16);
  });
});

test('a report lists what failed', async () => {
  const store = new RunStore(join(folder, 'results'));
  const { cell } = result({}, {});
  await store.save('a', result({}, { image_auroc: 1 }), null);
  await store.save('b', { cell, status: 'failed', error: { code: 'E_X', message: 'no\nluck' } }, null);
  const files = await writeReport(store);
  expect(files.map((file) => file.slice(store.folder.length))).toContain('/tables/image_auroc.csv');
  const ids = ['a', 'b', 'not run'];
  expect(await store.failures(ids)).toEqual(['b']);
  await store.forgetFailures(['a']);
  expect([...(await store.finished())]).toEqual(['a', 'b']);
  await store.forgetFailures(ids);
  expect([...(await store.finished())]).toEqual(['a']);
});

test('speeds are written as people write numbers', async () => {
  const store = new RunStore(join(folder, 'speeds'));
  const machine = { cpu: 'a processor', cores: 2, level: 'avx2', node: '20', threads: 2 };
  const speed: SpeedResult = {
    cell: result({}, {}).cell,
    machine,
    fitSeconds: 2.25,
    fitPeak: 4e8,
    single: 0.512,
    batch32: 1234.5,
    predictPeak: 2e8,
    model: 1.44e6,
  };
  await store.saveSpeed('a', speed);
  await writeReport(store);
  const text = await readFile(join(store.folder, 'speed.md'), 'utf8');
  expect(text).toContain('| patchcore | resnet18 | bottle | 0.512 | 1235 | 200 | 2.3 | 400 | 1.4 |');
  expect(text).toContain('- a processor, 2 cores, avx2, 2 threads, Node 20');
});

test('what was left half-written is named, and done again', async () => {
  const store = new RunStore(join(folder, 'damaged'));
  await store.save('a', result({}, { image_auroc: 1 }), { fit: { total: 1 }, evaluate: { total: 1 } });
  await store.save('b', result({ seed: 1 }, { image_auroc: 1 }), null);
  const [cell, timing] = ['cells', 'timings'].map((part) => join(store.folder, part, 'a.json'));
  await writeFile(timing!, '');
  expect(await store.timings()).toEqual([]);
  await writeFile(cell!, '{"cell": ');
  await expect(writeReport(store)).rejects.toMatchObject({
    code: 'E_ARTEFACT',
    message: expect.stringContaining(cell!),
  });
  expect(await store.discardDamaged()).toEqual([cell, timing]);
  expect([...(await store.finished())]).toEqual(['b']);
});
