import { parentPort, type TransferListItem, workerData } from 'node:worker_threads';
import { RunGate } from './run_gate.js';

/** What a thread is started with. */
export interface ThreadSettings {
  data: unknown;
  /** See RunGate. */
  gate: SharedArrayBuffer;
}

export interface ThreadRequest<Request> {
  id: number;
  request: Request;
}

/** What comes back: first that the thread is ready, or why not, then an answer to each request. */
export type ThreadReply<Ready, Result> =
  | { kind: 'ready'; ready: Ready }
  | { kind: 'failed'; message: string }
  | { kind: 'result'; id: number; result: Result }
  | { kind: 'error'; id: number; message: string };

/** A result, with the memory that goes to the one who asked, so that nothing is copied. */
export interface Answer<Result> {
  result: Result;
  transfer?: ArrayBuffer[];
}

/**
 * The thread's side of {@link Thread}: gets ready, then answers requests one after another.
 *
 * @param start - from what the thread was started with to what it says of itself and how it answers
 */
export async function serveThread<Data, Request, Result, Ready>(
  start: (data: Data) => Promise<{ ready: Ready; answer: (request: Request) => Promise<Answer<Result>> }>,
): Promise<void> {
  const port = parentPort!;
  const reply = (message: ThreadReply<Ready, Result>, transfer: TransferListItem[] = []) =>
    port.postMessage(message, transfer);
  const text = (error: unknown) => (error instanceof Error ? error.message : String(error));
  const { data, gate: shared } = workerData as ThreadSettings;
  const gate = new RunGate(shared);
  let served: Awaited<ReturnType<typeof start>>;
  try {
    served = await start(data as Data);
  } catch (error) {
    reply({ kind: 'failed', message: text(error) });
    return;
  }
  let last: Promise<void> = Promise.resolve();
  const answer = async ({ id, request }: ThreadRequest<Request>) => {
    try {
      const { result, transfer } = await gate.pass(() => served.answer(request));
      reply({ kind: 'result', id, result }, transfer);
    } catch (error) {
      reply({ kind: 'error', id, message: text(error) });
    }
  };
  port.on('message', (request: ThreadRequest<Request>) => {
    last = last.then(() => answer(request));
  });
  reply({ kind: 'ready', ready: served.ready });
}
