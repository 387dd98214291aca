import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawDataset, network, TINY, temporaryFolder } from './parts.js';
import { ad } from './program.js';

const folder = await temporaryFolder();
const data = join(folder, 'stripes');
const env = { AD_HOME: join(folder, 'home'), NO_PROXY: '127.0.0.1' };
const tiny = network('tiny');
const SIZE = ['--image-size', '64', '--crop', 'none'];

beforeAll(async () => {
  await drawDataset(data);
});

/** The one JSON document of a run that must succeed. */
async function json(args: string[]) {
  const { code, stdout, stderr } = await ad([...args, '--json'], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('several backbones', () => {
  const model = join(folder, 'both.ad');
  const both = ['--backbone', tiny, '--backbone', tiny, '--layers', 'fine', '--layers', 'fine,coarse'];

  test('make one model that is measured, used and inspected like any other', async () => {
    const fitted = await json([
      'fit',
      '--data',
      data,
      '--out',
      model,
      ...both,
      '--normalize',
      '0..1',
      ...SIZE,
    ]);
    expect(fitted.facts).toEqual({ members: 2, held_out: 2 });
    expect(fitted.members.map((member: { facts: { dimension: number } }) => member.facts.dimension)).toEqual([
      5, 12,
    ]);
    const { metrics, predictions } = await json(['evaluate', '--model', model, '--data', data]);
    expect(metrics.image_auroc).toBe(1);
    const defect = join(data, 'test/patch/0.png');
    const out = join(folder, 'overlays');
    const predicted = await json(['predict', '--model', model, defect, '--out', out]);
    expect(predicted.predictions[0]).toMatchObject({ anomalous: true, overlay: join(out, '0.png') });
    const evaluated = predictions.find(({ path }: { path: string }) => path === defect);
    expect(predicted.predictions[0].score).toBe(evaluated.score);
    expect(predicted.predictions[0].members).toEqual(evaluated.members);
    const inspected = await json(['inspect', model]);
    expect(inspected).toMatchObject({ format: 'ad-ensemble', members: [{ folder: 'members/1-tiny' }, {}] });
    const text = (await ad(['inspect', model])).stdout;
    expect(text).toMatch(/2 members, normalised by 2 held-out good images/);
    expect(text).toMatch(/fine \(5 channels, stride 8\), coarse/);
  });

  test('take layers once for all or once for each, nothing between', async () => {
    const three = ['--backbone', tiny, ...both];
    const { code, stderr } = await ad(['fit', '--data', data, '--out', model, ...three], { env });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--layers is given 2 times for 3 backbones/)]);
  });
});

describe('a backbone with a name', () => {
  test('is added, used, listed and removed; a model without it finds it by its name', async () => {
    const added = await json([
      'backbone',
      'add',
      'stripes-net',
      tiny,
      '--normalize',
      '0..1',
      '--license',
      'MIT',
    ]);
    expect(added).toMatchObject({ name: 'stripes-net', convention: '0..1', license: 'MIT', origin: null });
    const model = join(folder, 'named.ad');
    const slim = ['--no-embed-backbone', ...SIZE];
    await json(['fit', '--data', data, '--out', model, '--backbone', 'stripes-net', ...slim]);
    const whole = join(folder, 'whole.ad');
    await json(['fit', '--data', data, '--out', whole, ...TINY]);
    const evaluate = async (one: string) =>
      (await json(['evaluate', '--model', one, '--data', data])).predictions;
    expect(await evaluate(model)).toEqual(await evaluate(whole));
    const { backbones } = await json(['backbone', 'list']);
    expect(backbones).toEqual([added]);
    expect((await ad(['backbone', 'list'], { env })).stdout).toMatch(
      /mobilenetv2 {2}embedded\nstripes-net .*MIT/,
    );
    await json(['backbone', 'remove', 'stripes-net']);
    const gone = await ad(['evaluate', '--model', model, '--data', data], { env });
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringMatching(/does not contain its backbone/)]);
  });

  test('is told from another that took its place', async () => {
    const { file } = await json(['backbone', 'add', 'changed', tiny, '--normalize', '0..1']);
    await writeFile(file, await readFile(network('fixed')));
    const { code, stderr } = await ad(
      ['fit', '--data', data, '--out', join(folder, 'x.ad'), '--backbone', 'changed'],
      { env },
    );
    expect([code, stderr]).toEqual([1, expect.stringMatching(/not the one that was added/)]);
    await rm(file);
    await json(['backbone', 'remove', 'changed']);
  });

  test('needs a convention, and a name that no file has', async () => {
    expect((await ad(['backbone', 'add', 'x', tiny], { env })).code).toBe(2);
    expect((await ad(['backbone', 'add', 'x.onnx', tiny, '--normalize', '0..1'], { env })).code).toBe(2);
  });
});

describe('pull', async () => {
  const content = await readFile(tiny);
  const server = createServer((request, response) => {
    if (request.url === '/tiny.onnx') response.end(content);
    else response.writeHead(404).end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  afterAll(() => server.close());
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  test('fetches, says that it had to trust, and gives a name', async () => {
    const args = ['backbone', 'pull', 'far', '--url', `${at}/tiny.onnx`, '--normalize', '0..1'];
    const { code, stdout, stderr } = await ad(args, { env });
    expect([code, stderr]).toEqual([0, expect.stringMatching(/trusted as it came/)]);
    expect(stdout).toMatch(/^Added far: /);
    const again = await ad([...args, '--replace', '--sha256', '0'.repeat(64)], { env });
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/E_DOWNLOAD.*expected 000/)]);
    expect((await json(['backbone', 'list'])).backbones[0].name).toBe('far');
  });

  test('that fails says which file to bring and how', async () => {
    const { code, stderr } = await ad(['backbone', 'pull', 'resnet18', '--url', `${at}/none`], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/404/);
    expect(stderr).toMatch(
      /46820737 bytes, SHA-256 4e8f8653.*ad backbone add resnet18 FILE --normalize imagenet/,
    );
  });
});
