import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Backbone, PatchCore } from '@ad/models';
import { Model } from '@ad/onnx';
import { describe, expect, test } from 'vitest';
import { network, temporaryFolder } from './parts.js';
import { ad } from './program.js';

const folder = await temporaryFolder();

/** Puts class scores behind a tensor, and drops all other outputs. */
function classify(model: Model, tensor: string, channels: number, classes: number): void {
  const { graph } = model;
  const flat = graph.add('Flatten', [graph.add('GlobalAveragePool', [tensor])]);
  const weight = graph.constant('float32', [classes, channels], noise(classes * channels, 0.01), 'fc.weight');
  const logits = graph.add('Gemm', [flat, weight], { transB: 1 }, { outputs: ['logits'] });
  graph.outputs = [];
  graph.output(logits, 'float32', ['n', classes]);
}

/** Repeatable numbers around zero. */
function noise(count: number, scale: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => scale * Math.sin(12.9898 * i + 78.233));
}

describe('ad backbone', () => {
  const file = join(folder, 'classifier.onnx');

  test('inspect tells the layers of a classifier, cut writes them, fit takes either', async () => {
    const model = await Model.load(network('tiny'));
    classify(model, 'coarse', 7, 3);
    await model.save(file);
    const inspected = await ad(['backbone', 'inspect', file]);
    expect(inspected.code, inspected.stderr).toBe(0);
    expect(inspected.stdout).toMatch(/layer2 +5 +8 +28 x 28/);
    expect(inspected.stdout).toMatch(/imagenet \(guessed: /);
    const { stages } = JSON.parse((await ad(['backbone', 'inspect', file, '--json'])).stdout);
    expect(stages.map((stage: { tensor: string }) => stage.tensor)).toEqual(['fine', 'coarse']);

    const out = join(folder, 'cut.onnx');
    const cut = await ad(['backbone', 'cut', file, '--layers', 'layer2', '--out', out]);
    expect(cut.code, cut.stderr).toBe(0);
    expect(cut.stdout).toMatch(/work .* GFLOP an image, \d+ % less/);
    expect((await Model.load(out)).graph.outputs.map((output) => output.name)).toEqual(['layer2']);
  });

  test('says what is wrong', async () => {
    const bad = await ad([
      'backbone',
      'cut',
      file,
      '--layers',
      'layer9',
      '--out',
      join(folder, 'x.onnx'),
      '--json',
    ]);
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout).error).toMatchObject({
      code: 'E_BACKBONE_LAYER',
      message: expect.stringMatching(/no layer 'layer9'.*layer2 \(stride 8\)/),
    });
    const missing = await ad(['backbone', 'inspect', join(folder, 'none.onnx'), '--json']);
    expect(JSON.parse(missing.stdout).error.code).toBe('E_BACKBONE');
  });
});

const shared = process.env.AD_DATA ?? '';
const prepared = join(shared, 'backbones/resnet18-layer123.onnx');
const bottle = join(shared, 'data/mvtec-bottle-450');

/** ResNet-18 as it is exported: the prepared network with a fourth stage (random) and 1000 classes behind. */
async function resnetClassifier(): Promise<string> {
  const model = await Model.load(prepared);
  const { graph } = model;
  const conv = (x: string, from: number, kernel: number, stride: number) => {
    const weight = graph.constant(
      'float32',
      [512, from, kernel, kernel],
      noise(512 * from * kernel ** 2, 0.02),
      'w',
    );
    const pads = new Array(4).fill(kernel >> 1);
    return graph.add('Conv', [x, weight], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads,
    });
  };
  const block = (x: string, from: number, stride: number) => {
    const branch = conv(graph.add('Relu', [conv(x, from, 3, stride)]), 512, 3, 1);
    return graph.add('Relu', [graph.add('Add', [branch, stride === 1 ? x : conv(x, from, 1, stride)])]);
  };
  classify(model, block(block('layer3', 256, 2), 512, 1), 512, 1000);
  for (const [i, name] of ['layer1', 'layer2', 'layer3'].entries()) graph.rename(name, `activation_${i}`);
  const file = join(folder, 'resnet18.onnx');
  await model.save(file);
  return file;
}

describe.runIf(existsSync(prepared) && existsSync(bottle))(
  'ResNet-18 as a classifier, on MVTec AD bottle',
  () => {
    test('scores as the prepared feature extractor does, to the last bit', async () => {
      const images = async (part: string, count: number) =>
        (await readdir(join(bottle, part)))
          .sort()
          .slice(0, count)
          .map((name) => join(bottle, part, name));
      const good = await images('train/good', 12);
      const tests = [...(await images('test/good', 3)), ...(await images('test/broken_large', 3))];
      const results = [];
      for (const file of [prepared, await resnetClassifier()]) {
        const backbone = await Backbone.open(file);
        expect(backbone.layers.map((layer) => layer.name)).toEqual(['layer2', 'layer3']);
        const model = await PatchCore.fit(backbone, good, { threshold: { rule: 'none' } });
        const scores: number[] = [];
        for await (const [, { score }] of model.predictAll(tests)) scores.push(score);
        await model.close();
        results.push(scores);
      }
      expect(results[0]).toHaveLength(6);
      expect(results[1]).toEqual(results[0]);
    });
  },
);
