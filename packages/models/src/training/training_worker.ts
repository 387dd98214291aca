/**
 * The thread that trains. It owns the sessions and the state: between steps only batches come in and losses go out.
 */
import * as ort from 'onnxruntime-node';
import { serveThread } from '../thread/serve.js';

/** A float32 tensor on its way between threads. */
export interface Plain {
  data: Float32Array;
  shape: readonly number[];
}

/** What the thread is started with. */
export interface TrainingSettings {
  /** Training steps for the batch sizes that occur, and graphs of the loss alone. */
  models: Record<string, Uint8Array>;
  /** First values of everything that a step changes. */
  state: Record<string, Plain>;
  threads: number;
}

/** A request to take a step (`model` gives the next state), to compute a loss, or to copy or replace the state. */
export type TrainingRequest =
  | { kind: 'run'; model: string; feeds: Record<string, Plain> }
  | { kind: 'read' }
  | { kind: 'write'; state: Record<string, Plain> };

/** The loss of a run, or a copy of the state. */
export type TrainingReply = { loss: number } | { state: Record<string, Plain> };

const NEXT = ':next';

type Tensors = Record<string, ort.Tensor>;

function tensorsOf(values: Record<string, Plain>): Tensors {
  return Object.fromEntries(
    Object.entries(values).map(([name, { data, shape }]) => [name, new ort.Tensor('float32', data, shape)]),
  );
}

await serveThread<TrainingSettings, TrainingRequest, TrainingReply, null>(
  async ({ models, state: first, threads }) => {
    const sessions: Record<string, ort.InferenceSession> = {};
    for (const [name, model] of Object.entries(models)) {
      sessions[name] = await ort.InferenceSession.create(model, {
        intraOpNumThreads: threads,
        logSeverityLevel: 3,
        // Planned memory patterns hold 40 % more at the peak; threads that spin take time from those that decode.
        enableMemPattern: false,
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      });
    }
    let state = tensorsOf(first);

    async function run(model: string, feeds: Record<string, Plain>): Promise<number> {
      const session = sessions[model]!;
      const all: Tensors = { ...state, ...tensorsOf(feeds) };
      const wanted = session.inputNames.map((name) => [name, all[name]!]);
      // The outputs are tensors of their own: an output that shares memory with an input would be read half written.
      const results = await session.run(Object.fromEntries(wanted));
      const next: Tensors = {};
      for (const [name, tensor] of Object.entries(results)) {
        if (name.endsWith(NEXT)) next[name.slice(0, -NEXT.length)] = tensor;
      }
      const loss = (results.loss!.data as Float32Array)[0]!;
      // A step from a loss that is no number would spoil the state for good.
      if (Number.isFinite(loss)) state = { ...state, ...next };
      return loss;
    }

    return {
      ready: null,
      async answer(request) {
        if (request.kind === 'run') return { result: { loss: await run(request.model, request.feeds) } };
        if (request.kind === 'write') {
          state = tensorsOf(request.state);
          return { result: { state: {} } };
        }
        const copies = Object.entries(state).map(([name, tensor]) => {
          return [name, { data: (tensor.data as Float32Array).slice(), shape: [...tensor.dims] }] as const;
        });
        return {
          result: { state: Object.fromEntries(copies) },
          transfer: copies.map(([, { data }]) => data.buffer as ArrayBuffer),
        };
      },
    };
  },
);
