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
  /** onnxruntime's execution provider. */
  provider: 'cpu' | 'cuda';
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
  /** For each output the memory that it is written into; without it onnxruntime makes new memory. */
  memory: InferenceOutput[] | undefined;
}

/** One output tensor. */
export interface InferenceOutput {
  data: Float32Array<ArrayBuffer>;
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
  { inputs, outputs, memory }: InferenceRequest,
): Promise<InferenceOutput[]> {
  const tensor = ({ data, shape }: InferenceInput) => new ort.Tensor('float32', data, shape);
  const feeds = Object.fromEntries(inputs.map((input, i) => [session.inputNames[i]!, tensor(input)]));
  if (memory) {
    const tensors = memory.map(tensor);
    await session.run(feeds, Object.fromEntries(outputs.map((name, i) => [name, tensors[i]!])));
    return memory;
  }
  const results = await session.run(feeds, outputs);
  return outputs.map((name) => {
    const tensor = results[name]!;
    if (!(tensor.data instanceof Float32Array))
      throw new Error(`output ${name} is ${tensor.type}, not float32`);
    return { data: tensor.data as Float32Array<ArrayBuffer>, shape: [...tensor.dims] };
  });
}

/**
 * Everything but threads is onnxruntime's default, with one exception: its threads must not spin while they wait.
 * They share their cores with decoding, search and maps, which would wait for them in turn.
 */
function sessionOptions(threads: number, provider: 'cpu' | 'cuda'): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}

await serveThread<InferenceSettings, InferenceRequest, InferenceResult, ModelSignature>(
  async ({ model, threads, provider }) => {
    const session = await ort.InferenceSession.create(model, sessionOptions(threads, provider));
    return {
      ready: signatureOf(session),
      async answer(request) {
        const start = performance.now();
        const outputs = await run(session, request);
        const seconds = (performance.now() - start) / 1000;
        return { result: { outputs, seconds }, transfer: outputs.map(({ data }) => data.buffer) };
      },
    };
  },
);
