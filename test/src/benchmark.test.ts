import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { METHOD_NAMES } from '@ad/models';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawDataset, network, temporaryFolder } from './parts.js';
import { ad } from './program.js';

const folder = await temporaryFolder();
const data = join(folder, 'parts');
// DFKDE's 16 components are more than 12 images allow: one method that fails, and the rest goes on.
const METHODS = [...METHOD_NAMES, 'dfkde:components=4', 'dfm:score=nll'].join(',');
const arguments_ = (out: string, methods = METHODS) => [
  ...['benchmark', '--data', data, '--out', join(folder, out), '--seeds', '0..2', '--methods', methods],
  ...['--backbones', network('tiny'), '--normalize', '0..1', '--image-size', '64', '--crop', 'none'],
];

/** Every file of a results folder but timings, with its content. */
async function filesOf(out: string): Promise<Map<string, string>> {
  const root = join(folder, out);
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile() && !entry.parentPath.includes('timings'));
  const read = files.map(async (entry): Promise<[string, string]> => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(root.length), await readFile(path, 'utf8')];
  });
  return new Map((await Promise.all(read)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const cellsOf = async (out: string) => readdir(join(folder, out, 'cells')).catch((): string[] => []);
/** Cells that a process says it has done: their lines begin with how many are done, or with a note. */
const doneBy = (stderr: string) => stderr.match(/^(\d+\/\d+|note) parts {2}/gm)?.length ?? 0;

let uninterrupted: Map<string, string>;
let cells: number;

beforeAll(async () => {
  await drawDataset(data);
  const { code, stderr } = await ad(arguments_('whole'));
  // The failed method is told by the exit code.
  expect(code, stderr).toBe(1);
  uninterrupted = await filesOf('whole');
  cells = (await cellsOf('whole')).length;
});

describe('a benchmark of every method', () => {
  test('prints its plan first, records a failure as one, and runs methods without randomness once', async () => {
    const { stderr, stdout } = await ad(arguments_('whole'));
    expect(stderr).toMatch(/^\d+ cells: 1 data set \(parts 20 images\), 1 backbone \(tiny\)/);
    expect(stderr).toContain('all of them are done');
    expect(stdout).toMatch(/\d+ cells, 1 failed/);
    const report = uninterrupted.get('/report.md')!;
    expect(report).toContain('E_TOO_FEW_IMAGES');
    expect(report).toMatch(/\| mahalanobis \| tiny \| [\d.]+, deterministic \|/);
    expect(report).toMatch(/\| patchcore \| tiny \| [\d.]+ ± [\d.]+ \(3\) \|/);
  });

  test('killed and resumed gives the same files, byte for byte', async () => {
    let pid = 0;
    const killed = ad(arguments_('killed'), {
      onStderr: (child) => {
        pid = child.pid!;
      },
    });
    while ((await cellsOf('killed')).length < 3) await sleep(10);
    process.kill(pid, 'SIGKILL');
    expect((await killed).signal).toBe('SIGKILL');
    expect((await cellsOf('killed')).length).toBeLessThan(cells);
    await ad(arguments_('killed'));
    expect(await filesOf('killed')).toEqual(uninterrupted);
  });

  test('shared by two processes does every cell once', async () => {
    // Methods that train take their time, and share as the others do.
    const shared = arguments_('shared', 'patchcore,padim,spade,mahalanobis,dfm');
    const both = await Promise.all([ad(shared), ad(shared)]);
    const done = [...(await filesOf('shared'))].filter(([file]) => file.startsWith('/cells/'));
    expect(done).toEqual(done.map(([file]) => [file, uninterrupted.get(file)]));
    expect(both.map(({ stderr }) => doneBy(stderr)).reduce((a, b) => a + b)).toBe(done.length);
    // Three seeds of the first two, the others once.
    expect(done).toHaveLength(9);
  });

  test('tries again what failed, when it is told to, and only then forgets it', async () => {
    const again = ['dfkde', 'dfm'].map((methods) => [...arguments_('again', methods), '--retry-failed']);
    await ad(arguments_('again', 'dfkde,dfm'));
    const before = await filesOf('again');
    expect((await ad([...again[0]!, '--plan'])).stderr).toContain('all of them are done');
    expect((await ad(again[1]!)).code).toBe(0);
    expect(await filesOf('again')).toEqual(before);
    const { code, stderr } = await ad(again[0]!);
    expect(code).toBe(1);
    expect(stderr).toMatch(/dfkde .* E_TOO_FEW_IMAGES/);
    expect(await filesOf('again')).toEqual(before);
  });

  test('refuses parts of images, and a folder of results that is a file', async () => {
    const shots = await ad([...arguments_('never'), '--shots', '1.5']);
    expect(shots.stderr).toMatch(/E_ARGUMENT .*--shots is '1\.5'; expected whole numbers above 0/s);
    await writeFile(join(folder, 'file'), '');
    const { code, stderr } = await ad(arguments_('file', 'dfm'));
    expect(code).toBe(1);
    expect(stderr).toContain('E_WRITE');
  });

  test('runs the network where it is told, and says so where that cannot be', async () => {
    // onnxruntime's package never contains its CUDA provider.
    const { code, stderr } = await ad([...arguments_('elsewhere'), '--provider', 'cuda']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/E_DEVICE .* with its CUDA provider/);
  });

  test('measures speed and memory of each method in processes of its own', async () => {
    const out = join(folder, 'fast');
    const { code, stderr } = await ad([...arguments_('fast', 'padim,mahalanobis'), '--speed']);
    expect(code, stderr).toBe(0);
    const text = await readFile(join(out, 'speed.md'), 'utf8');
    expect(text).toMatch(
      /\| padim \| tiny \| parts \| [\d.]+ \| [\d.]+ \| \d+ \| [\d.]+ \| \d+ \| [\d.]+ \|/,
    );
    expect(text).toMatch(/threads, Node v/);
  });
});

test('two models are compared on the same images', async () => {
  const tiny = ['--backbone', network('tiny'), '--normalize', '0..1', '--image-size', '64', '--crop', 'none'];
  for (const method of ['patchcore', 'mahalanobis']) {
    const { code, stderr } = await ad([
      'fit',
      '--data',
      data,
      '--method',
      method,
      '--out',
      join(folder, `${method}.ad`),
      ...tiny,
    ]);
    expect(code, stderr).toBe(0);
  }
  const models = [join(folder, 'patchcore.ad'), join(folder, 'mahalanobis.ad')];
  const { stdout } = await ad([
    'compare',
    ...models,
    '--data',
    data,
    '--out',
    join(folder, 'differences'),
    '--json',
  ]);
  const { auroc, right, images, disagreements, pictures } = JSON.parse(stdout);
  expect(auroc === null || (auroc.pValue >= 0 && auroc.pValue <= 1)).toBe(true);
  expect(images).toHaveLength(8);
  expect(right.both + right.first + right.second + right.none).toBe(8);
  expect(right.first + right.second).toBe(disagreements.length);
  expect(pictures).toHaveLength(disagreements.length);
  const elsewhere = await ad(['compare', ...models, '--data', data, '--provider', 'cuda']);
  expect(elsewhere.stderr).toMatch(/E_DEVICE .* with its CUDA provider/);
  const unlabelled = await ad(['compare', ...models, '--data', join(data, 'train', 'good')]);
  expect(unlabelled.stderr).toMatch(/E_TOO_FEW_IMAGES There are no labelled test images/);
  const same = await ad(['compare', models[0]!, models[0]!, '--data', data]);
  expect(same.stdout).toMatch(/p 1\.0: no difference can be told[\s\S]*disagree on +0 images/);
});

test('data with errors make `ad data inspect` fail, after it has told of them', async () => {
  expect((await ad(['data', 'inspect', data])).code).toBe(0);
  const spoilt = await drawDataset(join(folder, 'spoilt'));
  await writeFile(join(spoilt, 'train', 'good', 'torn.png'), 'no image');
  const { stdout, code } = await ad(['data', 'inspect', spoilt, '--json']);
  expect(code).toBe(1);
  const { layout, problems } = JSON.parse(stdout);
  expect(layout).toBe('mvtec');
  expect(problems).toMatchObject([{ severity: 'error', paths: ['train/good/torn.png'] }]);
});

test('of several data sets one that cannot be read does not hide the others', async () => {
  const several = join(folder, 'several');
  await drawDataset(join(several, 'fine'));
  // Almost MVTec AD's layout: nothing to learn from.
  await mkdir(join(several, 'broken', 'train', 'good'), { recursive: true });
  await mkdir(join(several, 'broken', 'test', 'good'), { recursive: true });
  const text = await ad(['data', 'inspect', several]);
  expect(text.code).toBe(1);
  expect(text.stdout).toMatch(/data set +broken\nE_DATASET [\s\S]*data set +fine +layout mvtec/);
  const [broken, fine] = JSON.parse((await ad(['data', 'inspect', several, '--json'])).stdout);
  expect(broken).toMatchObject({ name: 'broken', error: { code: 'E_DATASET' } });
  expect(fine).toMatchObject({ name: 'fine', problems: [] });
});
