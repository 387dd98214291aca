import { expect, test } from 'vitest';
import { inferShapes, Model, type OnnxError } from '../index.js';
import { convnext, dense, inverted, plain, residual, transformer } from '../testing/networks.js';
import { run } from '../testing/run.js';

test.each([residual, dense, inverted, convnext, plain, transformer])(
  'every shape of %o is what onnxruntime makes',
  async (build) => {
    const { model } = build();
    const input = [2, 3, 64, 64];
    const shapes = inferShapes(model, { input });
    const whole = Model.read(model.write());
    const made = whole.graph.nodes.flatMap((node) => node.outputs);
    whole.graph.outputs = [];
    for (const name of made) whole.graph.output(name, shapes.get(name)?.type ?? 'float32');
    const results = await run(whole, input);
    for (const name of made) expect([name, shapes.get(name)?.shape]).toEqual([name, results[name]!.dims]);
  },
);

test('shapes that do not fit together are an error that names the place', () => {
  const { model } = plain();
  const refuse = (input: number[]) => {
    try {
      inferShapes(model, { input });
    } catch (error) {
      return error as OnnxError;
    }
    throw new Error('expected an error');
  };
  expect(refuse([1, 4, 64, 64]).message).toMatch(
    /The Conv that makes 'conv' does not fit: its input is \[1,4,64,64\]/,
  );
  expect(refuse([1, 3, 96, 96]).code).toBe('E_ONNX_SHAPE');
  expect(refuse([1, 3, 1, 1]).code).toBe('E_ONNX_SHAPE');
});

test('an operator that is not known leaves unknown what depends on it, and nothing else', () => {
  const { model, ends } = residual();
  const { graph } = model;
  graph.add('SomethingOfItsOwn', [ends[0]!], {}, { outputs: ['strange'], domain: 'mine' });
  graph.add('Relu', ['strange'], {}, { outputs: ['after'] });
  const shapes = inferShapes(model, { input: [1, 3, 64, 64] });
  expect(shapes.has('strange') || shapes.has('after')).toBe(false);
  expect(shapes.get('logits')!.shape).toEqual([1, 10]);
});
