import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { drawDataset, network, TINY, temporaryFolder } from './parts.js';
import { ad, script } from './program.js';

const folder = await temporaryFolder();
const data = join(folder, 'stripes');
const model = join(folder, 'stripes.ad');
const defect = join(data, 'test/patch/0.png');

beforeAll(async () => {
  await drawDataset(data);
  expect((await ad(['fit', '--data', data, '--out', model, ...TINY])).code).toBe(0);
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const OPEN = `
  import { AnomalyModel } from '@ad/models';
  const model = await AnomalyModel.load(${JSON.stringify(model)});`;

test('two processes fit and predict at once', async () => {
  const fit = (name: string) => ad(['fit', '--data', data, '--out', join(folder, name), ...TINY, '--json']);
  const [a, b] = await Promise.all([fit('a.ad'), fit('b.ad')]);
  expect([a.code, b.code]).toEqual([0, 0]);
  expect(JSON.parse(a.stdout).threshold).toEqual(JSON.parse(b.stdout).threshold);
});

test('several worker threads predict at once, with the same result', async () => {
  const { code, stdout, stderr } = await script(`
    import { Worker } from 'node:worker_threads';
    const task = \`(async () => {
      const { AnomalyModel } = await import('@ad/models');
      const model = await AnomalyModel.load(${JSON.stringify(model)});
      const scores = [];
      for (let i = 0; i < 10; i++) scores.push((await model.predict(${JSON.stringify(defect)})).score);
      await model.close();
      require('node:worker_threads').parentPort.postMessage(scores);
    })()\`;
    const all = await Promise.all(Array.from({ length: 3 }, () => new Promise((resolve, reject) => {
      new Worker(task, { eval: true, execArgv: [] }).once('message', resolve).once('error', reject);
    })));
    console.log(JSON.stringify(all.flat()));`);
  expect(code, stderr).toBe(0);
  const scores = JSON.parse(stdout);
  expect(scores).toHaveLength(30);
  expect(new Set(scores).size).toBe(1);
});

test.each(['features', 'coreset'])('a process may exit in the middle of a fit: %s', async (stage) => {
  const { code, signal, stderr } = await script(`
    import { Backbone, PatchCore, openDataset } from '@ad/models';
    const backbone = await Backbone.open('mobilenetv2');
    const { train } = await openDataset(${JSON.stringify(data)});
    const images = Array(20).fill(train).flat();
    const onProgress = ({ stage }) => stage === '${stage}' && process.exit(7);
    PatchCore.fit(backbone, images, { coreset: 0.5, onProgress });`);
  expect([code, signal], stderr).toEqual([7, null]);
});

test('a training that is killed while it writes checkpoints goes on, to the same bytes', async () => {
  // A checkpoint after every step: most of the time goes into writing them.
  const train = (name: string, onStderr?: (child: ChildProcess) => void) =>
    script(
      `
      import { Backbone, fitModel, openDataset } from '@ad/models';
      const backbone = await Backbone.open(${JSON.stringify(network('tiny'))}, { convention: '0..1', layers: [4, 8, 16] });
      const { train } = await openDataset(${JSON.stringify(data)});
      let steps = 0;
      const model = await fitModel('stfpm', backbone, train, {
        settings: { epochs: 30, batch: 5 },
        preprocess: { resize: 'stretch', imageSize: 64, crop: null },
        threshold: { rule: 'none' },
        threads: 1,
        checkpoints: { folder: ${JSON.stringify(join(folder, `${name}-checkpoints`))}, seconds: 0 },
        onProgress: ({ stage }) => stage === 'train' && steps++ === 0 && console.error('training'),
      });
      await model.save(${JSON.stringify(join(folder, `${name}.ad`))});
      console.log(steps);
      await model.close();
      await backbone.close();`,
      onStderr && { onStderr },
    );
  const whole = await train('whole');
  expect([whole.code, Number(whole.stdout)], whole.stderr).toEqual([0, 90]);
  for (const delay of [5, 20, 35]) {
    const { signal } = await train('killed', (child) => void sleep(delay).then(() => child.kill('SIGKILL')));
    expect(signal).toBe('SIGKILL');
  }
  const rest = await train('killed');
  expect(rest.code, rest.stderr).toBe(0);
  // Each of the three had taken a step and more, of which the last may be lost.
  expect(Number(rest.stdout)).toBeLessThan(90);
  const bytes = (name: string) => readFile(join(folder, `${name}.ad`, 'tensors.safetensors'));
  expect(sha256(await bytes('killed'))).toBe(sha256(await bytes('whole')));
});

test('an error that nobody catches ends a process as usual while the network runs', async () => {
  const { code, signal, stderr } = await script(`
    import { Backbone } from '@ad/models';
    const backbone = await Backbone.open('mobilenetv2');
    backbone.extract(new Float32Array(8 * 3 * 512 * 512), 8, { height: 512, width: 512 });
    setTimeout(() => { throw new Error('nobody'); }, 20);`);
  expect([code, signal], stderr).toEqual([1, null]);
  expect(stderr).toMatch(/Error: nobody/);
});

test('two hundred predictions do not grow memory', async () => {
  const large = join(folder, 'large.png');
  await sharp(defect).resize(640, 640).toFile(large);
  const { code, stdout, stderr } = await script(
    `${OPEN}
    const resident = async (count) => {
      for (let i = 0; i < count; i++) await model.predict(${JSON.stringify(large)});
      gc();
      return process.memoryUsage.rss();
    };
    await resident(50);
    const before = await resident(50);
    const after = await resident(200);
    await model.close();
    console.log(after - before);`,
    { flags: ['--expose-gc'] },
  );
  expect(code, stderr).toBe(0);
  // Each call holds 1.6 MB for the map and 1.2 MB for the pixels: one of them kept would be 240 MB and more.
  expect(Number(stdout)).toBeLessThan(60_000_000);
});

test('processes share a feature cache that is too small for all, and come to the same model', async () => {
  const cache = join(folder, 'features');
  const fit = async (name: string, options: string[] = []) => {
    const out = join(folder, name);
    const ended = await ad(['fit', '--data', data, '--out', out, ...TINY, ...options]);
    expect(ended.code, ended.stderr).toBe(0);
    return sha256(await readFile(join(out, 'tensors.safetensors')));
  };
  const exact = await fit('exact.ad');
  const shared = ['--feature-cache', cache, '--feature-cache-size', '0.02MB'];
  const models = await Promise.all([0, 1, 2].map((i) => fit(`shared${i}.ad`, shared)));
  expect(new Set(models)).toEqual(new Set([exact]));
  const files = await readdir(cache, { recursive: true });
  const sizes = await Promise.all(
    files.filter((name) => name.endsWith('.entry')).map(async (name) => (await stat(join(cache, name))).size),
  );
  expect(sizes.length).toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(0.02e6);
});
