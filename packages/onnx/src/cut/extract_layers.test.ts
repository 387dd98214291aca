import { describe, expect, test } from 'vitest';
import { cutModel, extractLayers, Model, type OnnxError } from '../index.js';
import {
  convnext,
  dense,
  type Fixture,
  inverted,
  plain,
  residual,
  transformer,
} from '../testing/networks.js';
import { run } from '../testing/run.js';

/** The whole network with some of its tensors as outputs, too. */
function withOutputs({ model }: Fixture, tensors: readonly string[]): Model {
  const whole = Model.read(model.write());
  for (const name of tensors) whole.graph.output(name, 'float32');
  return whole;
}

const refusal = (work: () => unknown): OnnxError => {
  try {
    work();
  } catch (error) {
    return error as OnnxError;
  }
  throw new Error('expected an error');
};

describe('a feature extractor cut out of a classifier', () => {
  test.each([residual, dense, inverted, convnext, plain])(
    '%o gives the features of the whole, bit for bit',
    async (build) => {
      const fixture = build();
      const shape = [2, 3, 64, 64];
      const { model } = extractLayers(fixture.model, ['layer2', '16']);
      const [cut, whole] = [await run(model, shape), await run(withOutputs(fixture, fixture.ends), shape)];
      expect(Object.keys(cut)).toEqual(['layer2', 'layer3']);
      expect(cut.layer2!.data).toEqual(whole[fixture.ends[1]!]!.data);
      expect(cut.layer3!.data).toEqual(whole[fixture.ends[2]!]!.data);
    },
  );

  test('holds what the layers need and nothing else, and leaves the network as it was', () => {
    const { model } = residual();
    const before = model.write();
    const cut = extractLayers(model, ['layer1']).model;
    expect(model.write()).toEqual(before);
    const read = new Set(cut.graph.nodes.flatMap((node) => node.inputs));
    expect([...cut.graph.initializers.keys()].every((name) => read.has(name))).toBe(true);
    expect(cut.graph.nodes.length).toBeLessThan(model.graph.nodes.length / 2);
    expect(cut.write().length).toBeLessThan(before.length / 2);
  });

  test('of a transformer gives grids: special tokens dropped, positions in rows', async () => {
    const fixture = transformer();
    const { model } = extractLayers(fixture.model, ['block2', 'layer4']);
    const [cut, whole] = [
      await run(model, [2, 3, 64, 64]),
      await run(withOutputs(fixture, fixture.blocks), [2, 3, 64, 64]),
    ];
    for (const [name, tensor] of [
      ['block2', fixture.blocks[1]!],
      ['layer4', fixture.blocks[5]!],
    ] as const) {
      const { dims, data } = cut[name]!;
      const tokens = whole[tensor]!.data as Float32Array;
      expect(dims).toEqual([2, 8, 8, 8]);
      for (const [i, value] of (data as Float32Array).entries()) {
        const [image, channel, cell] = [Math.floor(i / 512), Math.floor(i / 64) % 8, i % 64];
        expect(value).toBe(tokens[(image * 67 + 3 + cell) * 8 + channel]);
      }
    }
  });

  test('takes layers by the names of tensors, whatever their layout', async () => {
    const fixture = convnext();
    const last = fixture.model.graph.nodes.find((node) => node.op === 'LayerNormalization')!.outputs[0]!;
    const { model } = extractLayers(fixture.model, [last]);
    const [cut, whole] = [
      await run(model, [1, 3, 64, 64]),
      await run(withOutputs(fixture, [last]), [1, 3, 64, 64]),
    ];
    expect([cut[last]!.dims, whole[last]!.dims]).toEqual([
      [1, 4, 16, 16],
      [1, 16, 16, 4],
    ]);
    expect(cut[last]!.data[16 * 16]).toBe(whole[last]!.data[1]);
  });

  test('without the layer says which there are', () => {
    const error = refusal(() => extractLayers(residual().model, ['layer9']));
    expect(error.code).toBe('E_ONNX_LAYER');
    expect(error.message).toMatch(/no layer 'layer9'\. It has: layer1 \(stride 4\), .*layer4 \(stride 32\)/);
    expect(refusal(() => extractLayers(residual().model, ['layer2', '8'])).message).toMatch(
      /are the same tensor/,
    );
    expect(refusal(() => extractLayers(residual().model, [])).code).toBe('E_ONNX_LAYER');
    expect(refusal(() => cutModel(residual().model, ['input'])).code).toBe('E_ONNX_LAYER');
  });
});

describe('axes that a file fixes', () => {
  test('are freed where what is left allows it', async () => {
    const { model, free } = extractLayers(residual([1, 3, 64, 64]).model, ['layer2']);
    expect(free).toEqual({ batch: true, size: true });
    expect((await run(model, [3, 3, 96, 32])).layer2!.dims).toEqual([3, 12, 12, 4]);
  });

  test('stay fixed where positions are learned', async () => {
    const { model, free } = extractLayers(transformer(1).model, ['layer3']);
    expect(free).toEqual({ batch: true, size: false });
    expect(model.graph.inputs[0]!.shape).toEqual(['batch', 3, 64, 64]);
    expect((await run(model, [2, 3, 64, 64])).layer3!.dims).toEqual([2, 8, 8, 8]);
  });

  test('a reshape to one image is freed, too', async () => {
    const { model } = residual([1, 3, 64, 64]);
    const { graph } = model;
    const shuffled = graph.fresh('shuffled');
    const [stem] = graph.nodes;
    const target = graph.constant('int64', [4], [1, 4, 32, 32], 'target');
    const reader = graph.nodes.find((node) => node.inputs.includes(stem!.outputs[0]!))!;
    graph.add('Reshape', [stem!.outputs[0]!, target], {}, { outputs: [shuffled] });
    reader.inputs[0] = shuffled;
    const cut = extractLayers(model, ['layer1']);
    expect(cut.free).toEqual({ batch: true, size: false });
    expect((await run(cut.model, [2, 3, 64, 64])).layer1!.dims).toEqual([2, 8, 16, 16]);
    // The network itself is not changed.
    expect(model.graph.initializers.get(target)!.numbers()).toEqual([1, 4, 32, 32]);
  });
});
