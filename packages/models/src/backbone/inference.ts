import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type {
  InferenceOutput,
  InferenceReply,
  InferenceRequest,
  InferenceSettings,
  ModelSignature,
} from './inference_worker.js';
import { RunGate } from './run_gate.js';

export type { InferenceOutput, ModelSignature } from './inference_worker.js';

// Resolved through the package's exports: the worker is always the built file.
const workerFile = createRequire(import.meta.url).resolve('@ad/models/inference-worker');

/** What a run gave, and how long the model itself took. */
export interface InferenceResult {
  outputs: InferenceOutput[];
  seconds: number;
}

// A run takes well under a second; a thread that does not answer for so long will not answer at all.
const PATIENCE_MS = 10_000;

/** Those whose thread is there. When the process exits, a run that is under way must end before its thread does. */
const live = new Set<Inference>();
process.on('exit', () => {
  for (const inference of live) inference.stop();
});

interface Waiting {
  resolve(result: InferenceResult): void;
  reject(error: Error): void;
}

/** An onnxruntime session in a thread of its own. An idle one never keeps the process alive. */
export class Inference {
  readonly #worker: Worker;
  readonly #gate: RunGate;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #ended: Error | undefined;
  #closing = false;

  private constructor(
    worker: Worker,
    gate: RunGate,
    /** The model's inputs and outputs as the file declares them. */
    readonly signature: ModelSignature,
  ) {
    this.#worker = worker;
    this.#gate = gate;
    live.add(this);
    worker.on('message', (reply: InferenceReply) => this.#settle(reply));
    worker.on('error', (error) => this.#end(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => this.#end(new Error('the inference thread has ended')));
    worker.unref();
  }

  /** Starts the thread and loads the model; rejects with onnxruntime's own message. */
  static async start(
    model: Uint8Array,
    { threads, provider }: Pick<InferenceSettings, 'threads' | 'provider'>,
  ): Promise<Inference> {
    const gate = new RunGate();
    const settings: InferenceSettings = { model, threads, provider, gate: gate.shared };
    // The parent's flags are for its own entry point: --input-type or a loader would break this thread's.
    const worker = new Worker(workerFile, { workerData: settings, execArgv: [] });
    const first = await new Promise<InferenceReply>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    if (first.kind === 'ready') return new Inference(worker, gate, first.signature);
    await worker.terminate();
    throw new Error(first.kind === 'failed' ? first.message : `unexpected first reply ${first.kind}`);
  }

  /** Runs the model. The memory of `input` and `memory` goes to the thread: they are empty afterwards. */
  run(
    input: Float32Array<ArrayBuffer>,
    shape: number[],
    outputs: string[],
    memory?: InferenceOutput[],
  ): Promise<InferenceResult> {
    if (this.#ended) return Promise.reject(this.#ended);
    const request: InferenceRequest = { id: this.#nextId++, input, shape, outputs, memory };
    const transfer = [input, ...(memory ?? []).map(({ data }) => data)].map(({ buffer }) => buffer);
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(request.id, { resolve, reject });
      this.#worker.postMessage(request, transfer);
    });
  }

  /** Ends the thread once its present run has ended. Runs that wait are rejected. */
  async close(): Promise<void> {
    // From here on the thread keeps the process alive until it has ended: an await of this must come to its end.
    this.#closing = true;
    this.stop();
    await this.#worker.terminate();
  }

  /** Lets no run begin any more, and blocks until the present one has ended. */
  stop(): void {
    this.#gate.close(PATIENCE_MS);
  }

  #settle(reply: InferenceReply): void {
    if (reply.kind !== 'outputs' && reply.kind !== 'error') return;
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0 && !this.#closing) this.#worker.unref();
    if (reply.kind === 'outputs') waiting?.resolve({ outputs: reply.outputs, seconds: reply.seconds });
    else waiting?.reject(new Error(reply.message));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    live.delete(this);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
