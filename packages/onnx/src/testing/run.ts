import * as ort from 'onnxruntime-node';
import type { Model } from '../index.js';

/** Outputs of a model by name, for one input; optimisations off would hide what cutting may change, so they are on. */
export async function run(model: Model, shape: readonly number[]): Promise<Record<string, ort.Tensor>> {
  const session = await ort.InferenceSession.create(model.write(), {
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
  });
  const count = shape.reduce((a, b) => a * b, 1);
  const pixels = Float32Array.from(
    { length: count },
    (_, i) => Math.sin(i * 0.37) + ((i * 7919) % 101) / 101,
  );
  const results = await session.run({
    [session.inputNames[0]!]: new ort.Tensor('float32', pixels, [...shape]),
  });
  await session.release();
  return results as Record<string, ort.Tensor>;
}
