import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Model } from '@ad/onnx';
import { beforeAll, describe, expect, test } from 'vitest';
import { AS_THEY_ARE, drawDataset, drawPart, network, temporaryFolder } from './parts.js';
import { ad } from './program.js';

const folder = await temporaryFolder();
const data = join(folder, 'stripes');
const quantize = (file: string, out: string, ...more: string[]) =>
  ad(['backbone', 'quantize', file, '--data', data, '--out', out, ...AS_THEY_ARE, ...more]);

beforeAll(async () => {
  await drawDataset(data);
});

/** What it looks at is a thousandth of what lies in the same tensor: eight bits see nothing of it. */
async function drowned(): Promise<string> {
  const model = Model.create({ opset: 17 });
  const { graph } = model;
  graph.input('x', 'float32', ['n', 3, 'h', 'w']);
  const pooled = graph.add('AveragePool', ['x'], { kernel_shape: [8, 8], strides: [8, 8] });
  const mixed = graph.constant('float32', [2, 3, 1, 1], [1000, 1000, 1000, 1, 0, 0], 'mixed');
  const second = graph.constant('float32', [1, 2, 1, 1], [0, 1], 'second');
  const both = graph.add('Conv', [pooled, mixed]);
  graph.output(graph.add('Conv', [both, second], {}, { outputs: ['small'] }), 'float32', [
    'n',
    1,
    'h8',
    'w8',
  ]);
  const file = join(folder, 'drowned.onnx');
  await model.save(file);
  return file;
}

describe('a backbone in eight bits', () => {
  test('is measured on the data, written, and fits like any other', async () => {
    const out = join(folder, 'tiny-int8.onnx');
    const { code, stdout, stderr } = await quantize(network('tiny'), out);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^int8 {7}\d+ convolutions, calibrated on \d+ good images/);
    expect(stdout).toMatch(/images\/s of the network alone: \d+\.\d\d times/);
    expect(stdout).toMatch(/image AUROC \d\.\d{4} -> \d\.\d{4} \([+-]/);
    const ended = await ad([
      'fit',
      ...['--data', data, '--out', join(folder, 'int8.ad'), '--backbone', out, '--json'],
      ...AS_THEY_ARE,
    ]);
    expect(ended.code, ended.stderr).toBe(0);
    expect(JSON.parse(ended.stdout).dimension).toBe(12);
  });

  test('is not written where more is lost than allowed, unless that is allowed', async () => {
    const [file, out] = [await drowned(), join(folder, 'drowned-int8.onnx')];
    const refused = await quantize(file, out, '--json');
    expect(refused.code).toBe(1);
    const { error } = JSON.parse(refused.stdout);
    expect(error).toMatchObject({
      code: 'E_ACCURACY',
      message: expect.stringMatching(/image AUROC falls from .* to .*allowed is a loss of 0\.005/),
    });
    expect(existsSync(out)).toBe(false);
    const allowed = await quantize(file, out, '--max-loss', 'none', '--json');
    const report = JSON.parse(allowed.stdout);
    expect(report.accuracy.after.image_auroc).toBeLessThan(report.accuracy.before.image_auroc - 0.005);
    expect(existsSync(out)).toBe(true);
  });

  test('needs labelled images, or to be told that none are wanted', async () => {
    const good = join(folder, 'good');
    for (let i = 0; i < 4; i++) await drawPart(join(good, `${i}.png`), i);
    const onGood = (...more: string[]) =>
      ad([
        'backbone',
        ...['quantize', network('tiny'), '--data', good, '--out', join(folder, 'unmeasured.onnx')],
        ...AS_THEY_ARE,
        ...more,
      ]);
    expect(await onGood()).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/E_ACCURACY .*no labelled/),
    });
    const { code, stdout } = await onGood('--max-loss', 'none', '--images', '2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/calibrated on 2 good images[\s\S]*accuracy {3}not measured/);
  });
});

const shared = process.env.AD_DATA ?? '';
const resnet = join(shared, 'backbones/resnet18-layer123.onnx');
const bottle = join(shared, 'data/mvtec-bottle-450');

test.runIf(existsSync(resnet) && existsSync(bottle))(
  'ResNet-18 in eight bits loses at most .005 image AUROC on MVTec AD bottle',
  async () => {
    const out = join(folder, 'resnet18-int8.onnx');
    const args = ['--data', bottle, '--out', out, '--layers', 'layer2,layer3', '--images', '16', '--json'];
    const { code, stdout, stderr } = await ad(['backbone', 'quantize', resnet, ...args]);
    expect(code, stderr).toBe(0);
    const { accuracy, convolutions, speed } = JSON.parse(stdout);
    expect(convolutions).toBe(15);
    expect(accuracy.after.image_auroc).toBeGreaterThanOrEqual(accuracy.before.image_auroc - 0.005);
    expect(accuracy.after.pixel_auroc).toBeGreaterThanOrEqual(accuracy.before.pixel_auroc - 0.005);
    expect(speed.before).toBeGreaterThan(0);
    expect(speed.after).toBeGreaterThan(0);
  },
);
