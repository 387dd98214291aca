import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { difference } from '../testing/difference.js';
import { evaluate } from '../testing/evaluate.js';
import { values } from '../testing/values.js';
import * as ops from './ops/index.js';
import { sizeOf, Tape, type Value } from './tape.js';
import { toModel } from './to_model.js';

/** What goldens/generate_gradients.py computed with PyTorch in double precision. */
interface GoldenCase {
  op: string;
  shapes: number[][];
  options: Record<string, never>;
  loss: number;
  gradients: number[][];
}

const CASES: GoldenCase[] = JSON.parse(
  readFileSync(new URL('../../goldens/gradients.json', import.meta.url), 'utf8'),
);

type Build = (inputs: Value[], options: Record<string, never>) => Value;

const channels = (x: Value, k: number, make = (value: number) => value) => {
  const c = x.shape[1]!;
  return x.tape.constant(values(c, k).map(make), [c]);
};
const running = (x: Value) => ({ mean: channels(x, 7), variance: channels(x, 8, (v) => Math.abs(v) + 0.5) });

const BUILD: Record<string, Build> = {
  conv: ([x, w, bias], options) => ops.conv(x!, w!, { bias, ...options }),
  convTranspose: ([x, w, bias], options) => ops.convTranspose(x!, w!, { bias, ...options }),
  batchNorm: ([x, gamma, beta]) => ops.batchNorm(x!, gamma!, beta!, running(x!)).output,
  batchNormInference: ([x, gamma, beta]) => ops.batchNormInference(x!, gamma!, beta!, running(x!)),
  relu: ([x]) => ops.relu(x!),
  leakyRelu: ([x], { alpha }) => ops.leakyRelu(x!, alpha),
  clip: ([x], { low, high }) => ops.clip(x!, low!, high!),
  softmax: ([x]) => ops.softmax(x!),
  maxPool: ([x], { kernel, ...window }) => ops.maxPool(x!, kernel!, window),
  add: ([a, b]) => ops.add(a!, b!),
  sub: ([a, b]) => ops.sub(a!, b!),
  mul: ([a, b]) => ops.mul(a!, b!),
  scale: ([a], { factor }) => ops.scale(a!, factor!),
  square: ([a]) => ops.square(a!),
  sum: ([a], { axes }) => ops.sum(a!, axes),
  mean: ([a], { axes }) => ops.mean(a!, axes),
  l2Normalise: ([a]) => ops.l2Normalise(a!),
  cosine: ([a, b]) => ops.cosine(a!, b!),
  matmul: ([a, b]) => ops.matmul(a!, b!),
  attention: ([q, k, v]) => ops.attention(q!, k!, v!),
  transpose: ([a], { perm }) => ops.transpose(a!, perm!),
  reshape: ([a], { shape }) => ops.reshape(a!, shape!),
  slice: ([a], { axis, start, end }) => ops.slice(a!, axis!, start!, end!),
  concat: (parts, { axis }) => ops.concat(parts, axis!),
  resize: ([a], { size }) => ops.resize(a!, size![0]!, size![1]!),
};

/** The loss of a case with the gradients of its inputs. */
function build({ op, shapes, options }: GoldenCase) {
  const tape = new Tape();
  const inputs = shapes.map((shape, k) => tape.input(`x${k}`, shape));
  const y = BUILD[op]!(inputs, options);
  const loss = ops.sum(ops.mul(y, tape.constant(values(y.size, shapes.length), y.shape)));
  const gradients = tape.gradients(loss, inputs).map((value) => value!);
  const feeds = Object.fromEntries(shapes.map((shape, k) => [`x${k}`, values(sizeOf(shape), k)]));
  return { tape, inputs, loss, gradients, feeds };
}

describe.each(CASES.map((golden) => ({ ...golden, name: `${golden.op} ${JSON.stringify(golden.shapes)}` })))(
  '$name $options',
  (golden) => {
    const { tape, inputs, loss, gradients, feeds } = build(golden);
    const inDouble = evaluate(tape, feeds, [loss, ...gradients]);

    test('in double precision equals PyTorch', () => {
      expect(difference(inDouble[0]!, [golden.loss])).toBeLessThan(1e-6);
      golden.gradients.forEach((expected, i) => {
        expect(gradients[i]!.shape).toEqual(inputs[i]!.shape);
        expect(difference(inDouble[i + 1]!, expected)).toBeLessThan(1e-6);
      });
    });

    test('in onnxruntime equals PyTorch', async () => {
      gradients.forEach((gradient, i) => void tape.output(gradient, `dx${i}`));
      const session = await ort.InferenceSession.create(toModel(tape).write(), { intraOpNumThreads: 1 });
      const fed = inputs.map(({ name, shape }) => [name, new ort.Tensor(feeds[name]!, shape)] as const);
      const results = await session.run(Object.fromEntries(fed));
      await session.release();
      golden.gradients.forEach((expected, i) => {
        expect(difference(results[`dx${i}`]!.data as Float32Array, expected)).toBeLessThan(1e-5);
      });
    });

    test('equals central differences', () => {
      const step = 1e-5;
      for (const [k, input] of inputs.entries()) {
        const x = Float64Array.from(feeds[input.name]!);
        const at = (i: number, shift: number) =>
          evaluate(tape, { ...feeds, [input.name]: x.with(i, x[i]! + shift) }, [loss])[0]![0]!;
        const slopes = Array.from(x, (_, i) => (at(i, step) - at(i, -step)) / (2 * step));
        expect(difference(slopes, inDouble[k + 1]!)).toBeLessThan(1e-5);
      }
    });
  },
);
