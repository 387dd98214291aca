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
}

/** One output tensor. */
export interface InferenceOutput {
  data: Float32Array;
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
  const results = await session.run({ [session.inputNames[0]!]: input }, request.outputs);
  return request.outputs.map((name) => {
    const tensor = results[name]!;
    if (!(tensor.data instanceof Float32Array))
      throw new Error(`output ${name} is ${tensor.type}, not float32`);
    return { data: tensor.data, shape: [...tensor.dims] };
  });
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
    session = await ort.InferenceSession.create(model, {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      // A provider that is missing is told of by the exception.
      logSeverityLevel: provider === 'cpu' ? 3 : 4,
    });
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
        outputs.map((output) => output.data.buffer as ArrayBuffer),
      );
    } catch (error) {
      reply({ kind: 'error', id: request.id, message: text(error) });
    }
  });
  reply({ kind: 'ready', signature: signatureOf(session) });
}

await main();
