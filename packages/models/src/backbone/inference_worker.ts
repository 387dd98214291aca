/**
 * The thread in which onnxruntime runs. Its `run` blocks the thread it is called on; here it blocks no one.
 * Arrays travel by transfer in both directions, so nothing is copied.
 */
import * as ort from 'onnxruntime-node';
import { serveThread } from '../thread/serve.js';

/** What the thread is started with. */
export interface InferenceSettings {
  model: Uint8Array;
  threads: number;
}

/** A tensor to feed. */
export interface InferenceInput {
  data: Float32Array<ArrayBuffer>;
  shape: number[];
}

/** A request to run the model. */
export interface InferenceRequest {
  /** In the order of the model's inputs. */
  inputs: InferenceInput[];
  /** Names of the outputs that are wanted; nothing else is computed or copied out. */
  outputs: string[];
}

/** One output tensor. */
export interface InferenceOutput {
  data: Float32Array;
  shape: number[];
}

/** What a run gave, and how long the model itself took. */
export interface InferenceResult {
  outputs: InferenceOutput[];
  seconds: number;
}

/** Inputs and outputs as the file declares them; a symbolic axis is a string. */
export interface ModelSignature {
  inputs: { name: string; type: string; shape: (number | string)[] }[];
  outputs: { name: string; type: string; shape: (number | string)[] }[];
}

function signatureOf(session: ort.InferenceSession): ModelSignature {
  const describe = (metadata: readonly ort.InferenceSession.ValueMetadata[]) =>
    metadata.map((value) => ({
      name: value.name,
      type: value.isTensor ? value.type : 'not a tensor',
      shape: value.isTensor ? [...value.shape] : [],
    }));
  return { inputs: describe(session.inputMetadata), outputs: describe(session.outputMetadata) };
}

async function run(
  session: ort.InferenceSession,
  { inputs, outputs }: InferenceRequest,
): Promise<InferenceOutput[]> {
  const feeds = inputs.map(({ data, shape }, i) => [
    session.inputNames[i]!,
    new ort.Tensor('float32', data, shape),
  ]);
  const results = await session.run(Object.fromEntries(feeds), outputs);
  return outputs.map((name) => {
    const tensor = results[name]!;
    if (!(tensor.data instanceof Float32Array))
      throw new Error(`output ${name} is ${tensor.type}, not float32`);
    return { data: tensor.data, shape: [...tensor.dims] };
  });
}

await serveThread<InferenceSettings, InferenceRequest, InferenceResult, ModelSignature>(
  async ({ model, threads }) => {
    const options = { intraOpNumThreads: threads, logSeverityLevel: 3 } as const;
    const session = await ort.InferenceSession.create(model, options);
    return {
      ready: signatureOf(session),
      async answer(request) {
        const start = performance.now();
        const outputs = await run(session, request);
        const seconds = (performance.now() - start) / 1000;
        return {
          result: { outputs, seconds },
          transfer: outputs.map((output) => output.data.buffer as ArrayBuffer),
        };
      },
    };
  },
);
