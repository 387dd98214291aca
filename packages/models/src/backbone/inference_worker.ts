/**
 * The thread in which onnxruntime runs. Its `run` blocks the thread it is called on; here it blocks no one.
 * Arrays travel by transfer in both directions, so nothing is copied.
 */
import { parentPort, type TransferListItem, workerData } from 'node:worker_threads';
import * as ort from 'onnxruntime-node';
import { RunGate } from './run_gate.js';

/** What the worker is started with. */
export interface InferenceSettings {
  model: Uint8Array;
  threads: number;
  /** onnxruntime's execution provider. */
  provider: 'cpu' | 'cuda';
  /** See RunGate. */
  gate: SharedArrayBuffer;
}

/** A request to run the model, or to end. */
export interface InferenceRequest {
  id: number;
  input: Float32Array;
  shape: number[];
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

/** What comes back: first the model's signature, then an answer to each request. */
export type InferenceReply =
  | { kind: 'ready'; signature: ModelSignature }
  | { kind: 'failed'; message: string }
  | { kind: 'outputs'; id: number; outputs: InferenceOutput[]; seconds: number }
  | { kind: 'error'; id: number; message: string };

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

async function answer(session: ort.InferenceSession, request: InferenceRequest): Promise<InferenceOutput[]> {
  const input = new ort.Tensor('float32', request.input, request.shape);
  const feeds = { [session.inputNames[0]!]: input };
  const { outputs, memory } = request;
  if (memory) {
    const tensors = memory.map(({ data, shape }) => new ort.Tensor('float32', data, shape));
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

async function main(): Promise<void> {
  const port = parentPort!;
  const reply = (message: InferenceReply, transfer: TransferListItem[] = []) =>
    port.postMessage(message, transfer);
  const text = (error: unknown) => (error instanceof Error ? error.message : String(error));
  const { model, threads, provider, gate: shared } = workerData as InferenceSettings;
  const gate = new RunGate(shared);
  let session: ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, sessionOptions(threads, provider));
  } catch (error) {
    reply({ kind: 'failed', message: text(error) });
    return;
  }
  port.on('message', async (request: InferenceRequest) => {
    try {
      const start = performance.now();
      const outputs = await gate.pass(() => answer(session, request));
      const seconds = (performance.now() - start) / 1000;
      reply(
        { kind: 'outputs', id: request.id, outputs, seconds },
        outputs.map((output) => output.data.buffer),
      );
    } catch (error) {
      reply({ kind: 'error', id: request.id, message: text(error) });
    }
  });
  reply({ kind: 'ready', signature: signatureOf(session) });
}

await main();
