import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdError } from '@ad/core-native';
import { Model } from '@ad/onnx';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary.js';
import { TINY_BACKBONE, TINY_PREPROCESS, tinyImage, tinyTrainingSet } from '../testing/tiny.js';
import { PatchCore } from '../typed_methods.js';
import { Backbone, cutBackbone, inspectBackbone } from './index.js';

const folder = await temporaryFolder();

/** The tiny network with an average and class scores behind it instead of feature maps. */
async function tinyClassifier(name: string): Promise<string> {
  const model = Model.read(readFileSync(TINY_BACKBONE));
  const { graph } = model;
  const flat = graph.add('Flatten', [graph.add('GlobalAveragePool', ['coarse'])]);
  const weight = graph.constant('float32', [3, 7], new Float32Array(21).fill(0.1), 'weight');
  graph.outputs = [];
  // Names mean nothing: the layers lose theirs.
  graph.rename('fine', 'a');
  graph.rename('coarse', 'b');
  graph.output(graph.add('Gemm', [flat, weight], { transB: 1 }), 'float32', ['n', 3]);
  const file = join(folder, `${name}.onnx`);
  await model.save(file);
  return file;
}

async function scores(backbone: Backbone) {
  const model = await PatchCore.fit(backbone, await tinyTrainingSet(), {
    preprocess: TINY_PREPROCESS,
    threshold: { rule: 'none' },
  });
  const { score, map } = await model.predict(await tinyImage(9));
  return { model, score, map };
}

const refusal = (work: Promise<unknown>): Promise<AdError> =>
  work.then(
    () => Promise.reject(new Error('expected an error')),
    (error) => error,
  );

describe('a classifier as a backbone', () => {
  test.each([undefined, ['layer2', 'layer3'], ['8', '16'], ['a', 'b']])(
    'with the layers %j scores as the network that was prepared for it, bit for bit',
    async (layers) => {
      const prepared = await scores(await Backbone.open(TINY_BACKBONE, { convention: '0..1' }));
      const file = await tinyClassifier('classifier');
      const cut = await scores(await Backbone.open(file, { convention: '0..1', layers }));
      await Promise.all([prepared.model.close(), cut.model.close()]);
      expect(cut.score).toBe(prepared.score);
      expect(cut.map).toEqual(prepared.map);
    },
  );

  test('is carried by the model as it was cut, with the digest of the whole file', async () => {
    const file = await tinyClassifier('whole');
    const report = await inspectBackbone(file);
    const { model, score } = await scores(await Backbone.open(file, { convention: '0..1' }));
    await model.close();
    expect(model.backbone.source.sha256).toBe(report.sha256);
    expect(model.backbone.source.bytes.length).toBeLessThan(report.bytes);
    for (const embedBackbone of [true, false]) {
      const saved = join(folder, `embed-${embedBackbone}.ad`);
      await model.save(saved, { embedBackbone });
      const loaded = await PatchCore.load(saved, embedBackbone ? {} : { backbone: file });
      expect((await loaded.predict(await tinyImage(9))).score).toBe(score);
      await loaded.close();
    }
  });

  test('without the named layer says which outputs and stages there are', async () => {
    const error = await refusal(Backbone.open(await tinyClassifier('named'), { layers: ['layer9'] }));
    expect(error.code).toBe('E_BACKBONE_LAYER');
    expect(error.message).toMatch(
      /no output 'layer9'\. It has: gemm\. .*layer2 \(stride 8\), layer3 \(stride 16\)/,
    );
  });
});

test('inspection tells stages and guesses the input', async () => {
  const { stages, convention, outputs } = await inspectBackbone(await tinyClassifier('inspected'));
  expect(stages.map(({ name, channels, stride }) => [name, channels, stride])).toEqual([
    ['layer2', 5, 8],
    ['layer3', 7, 16],
  ]);
  expect(outputs).toEqual([{ name: 'gemm', shape: ['n', 3] }]);
  expect(convention).toMatchObject({ convention: 'imagenet', guessed: true });
  expect((await inspectBackbone('mobilenetv2')).convention).toMatchObject({
    convention: '0..255',
    guessed: false,
  });
});

test('cutting writes a backbone of its own', async () => {
  const out = join(folder, 'cut.onnx');
  const report = await cutBackbone(await tinyClassifier('cut-me'), ['layer2'], out);
  expect(report.flops.after).toBeLessThan(report.flops.before);
  expect(report.bytes.after).toBeLessThan(report.bytes.before);
  const backbone = await Backbone.open(out);
  await backbone.close();
  expect(backbone.layers).toEqual([{ name: 'layer2', channels: 5, stride: 8 }]);
  expect(backbone.source.sha256).toBe(report.sha256);
});

test('weights beside the file are carried along', async () => {
  const model = Model.read(readFileSync(await tinyClassifier('inside')));
  const tensor = [...model.graph.initializers.values()].find((weight) => weight.size > 50)!;
  await writeFile(join(folder, 'weights.bin'), tensor.proto.rawData);
  tensor.proto.rawData = new Uint8Array();
  tensor.proto.dataLocation = 1;
  tensor.proto.externalData = [
    { $typeName: 'ad.onnx.StringStringEntryProto', key: 'location', value: 'weights.bin' },
  ];
  await model.save(join(folder, 'outside.onnx'));
  const results = [];
  for (const name of ['inside', 'outside']) {
    const { model: fitted, score } = await scores(
      await Backbone.open(join(folder, `${name}.onnx`), { convention: '0..1' }),
    );
    await fitted.close();
    results.push(score);
  }
  expect(results[1]).toBe(results[0]);
});

test('damaged classifiers are refused with a code', async () => {
  const bytes = readFileSync(await tinyClassifier('damaged'));
  for (let i = 0; i < 24; i++) {
    const damaged = Uint8Array.from(i % 2 ? bytes.subarray(0, (bytes.length * i) / 24) : bytes);
    for (let k = 0; k < 6; k++) damaged[(i * 7919 + k * 104729) % damaged.length]! ^= 1 << (k % 8);
    try {
      const source = { name: 'damaged', bytes: damaged, sha256: '' };
      await (await Backbone.open(source, { layers: ['layer2', 'layer3'] })).close();
    } catch (error) {
      if (!(error instanceof AdError)) throw error;
      expect(error.code).toMatch(/^E_BACKBONE/);
    }
  }
});
