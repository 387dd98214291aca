import { describe, expect, test } from 'vitest';
import { findStages, Model } from '../index.js';
import { convnext, dense, inverted, plain, residual, transformer } from '../testing/networks.js';

describe('the stages of a network of the family of', () => {
  test.each([
    ['ResNet', residual],
    ['DenseNet', dense],
    ['MobileNet and EfficientNet', inverted],
    ['ConvNeXt', convnext],
    ['VGG', plain],
  ])('%s end at the last tensor of each stride', (_, build) => {
    const { model, ends, channels } = build();
    const { kind, stages } = findStages(Model.read(model.write()));
    expect(kind).toBe('convolutional');
    expect(stages.map((stage) => stage.tensor)).toEqual(ends);
    expect(stages.map(({ name, stride }) => [name, stride])).toEqual([
      ['layer1', 4],
      ['layer2', 8],
      ['layer3', 16],
      ['layer4', 32],
    ]);
    expect(stages.map((stage) => stage.channels)).toEqual(channels);
    expect(stages.every((stage) => stage.layout === 'nchw')).toBe(true);
  });

  test('ViT end after each quarter of its blocks; each block can be named', () => {
    const { model, blocks, ends } = transformer();
    const found = findStages(model);
    expect(found.kind).toBe('transformer');
    expect(found.blocks.map((block) => block.tensor)).toEqual(blocks);
    expect(found.stages.map((stage) => stage.tensor)).toEqual(ends);
    expect(found.stages[0]).toMatchObject({ layout: 'tokens', prefix: 3, stride: 8, height: 8, width: 8 });
    expect(found.stages[0]!.receptiveField.global).toBe(true);
  });
});

test('names mean nothing', () => {
  const { model, channels } = residual();
  for (const [i, node] of [...model.graph.nodes].entries()) model.graph.rename(node.outputs[0]!, `t${i}`);
  expect(findStages(model).stages.map((stage) => stage.channels)).toEqual(channels);
});

test('the order of the nodes means nothing', () => {
  const { model, ends } = residual();
  model.graph.nodes.reverse();
  expect(findStages(model).stages.map((stage) => stage.tensor)).toEqual(ends);
});

test('operations and receptive fields are those of the layers, counted by hand', () => {
  const model = Model.create();
  const { graph } = model;
  graph.input('x', 'float32', ['n', 3, 32, 32]);
  const conv = (x: string, from: number, to: number, stride: number) =>
    graph.add('Conv', [x, graph.constant('float32', [to, from, 3, 3], new Float32Array(to * from * 9))], {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
      strides: [stride, stride],
    });
  const four = conv(conv('x', 3, 4, 2), 4, 8, 2);
  const eight = conv(four, 8, 8, 2);
  graph.output(eight, 'float32');
  const { flops, stages } = findStages(model);
  const [first, second, third] = [2 * 16 * 16 * 4 * 27, 2 * 8 * 8 * 8 * 36, 2 * 4 * 4 * 8 * 72];
  expect(flops).toBe(first + second + third);
  expect(stages[0]!.share).toBeCloseTo((first + second) / flops, 12);
  expect(stages[1]!.cumulativeShare).toBe(1);
  expect(stages.map((stage) => stage.receptiveField)).toEqual([
    { pixels: 7, global: false },
    { pixels: 15, global: false },
  ]);
});
