import { createRequire } from 'node:module';
import { type TransferListItem, Worker } from 'node:worker_threads';
import { RunGate } from './run_gate.js';
import type { ThreadReply, ThreadRequest, ThreadSettings } from './serve.js';

// A run takes well under a second, a training step some; a thread that does not answer for so long will not answer at all.
const PATIENCE_MS = 10_000;

/** Those whose thread is there. When the process exits, a run that is under way must end before its thread does. */
const live = new Set<{ stop(): void }>();
process.on('exit', () => {
  for (const thread of live) thread.stop();
});

interface Waiting<Result> {
  resolve(result: Result): void;
  reject(error: Error): void;
}

/**
 * A thread of its own that answers one request after another: what onnxruntime runs in, since its `run` blocks. An
 * idle one never keeps the process alive.
 */
export class Thread<Request, Result, Ready> {
  readonly #worker: Worker;
  readonly #gate: RunGate;
  readonly #waiting = new Map<number, Waiting<Result>>();
  #nextId = 0;
  #ended: Error | undefined;
  #closing = false;

  private constructor(
    worker: Worker,
    gate: RunGate,
    /** What the thread said of itself when it was ready. */
    readonly ready: Ready,
  ) {
    this.#worker = worker;
    this.#gate = gate;
    live.add(this);
    worker.on('message', (reply: ThreadReply<Ready, Result>) => this.#settle(reply));
    worker.on('error', (error) => this.#end(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => this.#end(new Error('the inference thread has ended')));
    worker.unref();
  }

  /**
   * Starts the thread; rejects with its own message where it fails to be ready.
   *
   * @param entry - of this package's exports: the thread always runs the built file
   */
  static async start<Request, Result, Ready>(
    entry: string,
    data: unknown,
    transfer: TransferListItem[] = [],
  ): Promise<Thread<Request, Result, Ready>> {
    const gate = new RunGate();
    const settings: ThreadSettings = { data, gate: gate.shared };
    const file = createRequire(import.meta.url).resolve(`@ad/models/${entry}`);
    // The parent's flags are for its own entry point: --input-type or a loader would break this thread's.
    const worker = new Worker(file, { workerData: settings, execArgv: [], transferList: transfer });
    const first = await new Promise<ThreadReply<Ready, Result>>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    if (first.kind === 'ready') return new Thread(worker, gate, first.ready);
    await worker.terminate();
    throw new Error(first.kind === 'failed' ? first.message : `unexpected first reply ${first.kind}`);
  }

  /** Asks the thread. Memory in `transfer` goes to it and is empty afterwards. */
  call(request: Request, transfer: TransferListItem[] = []): Promise<Result> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, request } satisfies ThreadRequest<Request>, transfer);
    });
  }

  /** Whether it was closed, or has ended by itself. */
  get ended(): boolean {
    return this.#closing || this.#ended !== undefined;
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

  #settle(reply: ThreadReply<Ready, Result>): void {
    if (reply.kind !== 'result' && reply.kind !== 'error') return;
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0 && !this.#closing) this.#worker.unref();
    if (reply.kind === 'result') waiting?.resolve(reply.result);
    else waiting?.reject(new Error(reply.message));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    live.delete(this);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
