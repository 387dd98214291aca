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
  /** The one that is run most often. */
  main: string;
  /** First values of everything that a step changes. */
  state: Record<string, Plain>;
  threads: number;
}

/** A request to take a step (`model` gives the next state), to compute a loss, or to copy the state. */
export type TrainingRequest =
  | { kind: 'run'; model: string; feeds: Record<string, Plain> }
  | { kind: 'read'; names?: readonly string[] | undefined };

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
  async ({ models, main, state: first, threads }) => {
    const sessions: Record<string, ort.InferenceSession> = {};
    for (const [name, model] of Object.entries(models)) {
      sessions[name] = await ort.InferenceSession.create(model, {
        intraOpNumThreads: threads,
        logSeverityLevel: 3,
        // Planned memory patterns hold 40 % more at the peak; threads that spin take time from those that decode.
        enableMemPattern: false,
        // An arena keeps what its graph has once taken: that of the last batch of an epoch would stay beside the others'.
        enableCpuMemArena: name === main,
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      });
    }
    let state = tensorsOf(first);
    // Where the next state goes. It trades places with the present one: new tensors at each step would wait for the
    // garbage collector, several states at a time, and an output may not share memory with an input.
    let spare = tensorsOf(
      Object.fromEntries(
        Object.entries(first).map(([name, { data, shape }]) => [name, { data: data.slice(), shape }]),
      ),
    );

    async function run(model: string, feeds: Record<string, Plain>): Promise<number> {
      const session = sessions[model]!;
      const all: Tensors = { ...state, ...tensorsOf(feeds) };
      const wanted = session.inputNames.map((name) => [name, all[name]!]);
      const places = session.outputNames.map((name) => [
        name,
        name.endsWith(NEXT) ? spare[name.slice(0, -NEXT.length)]! : null,
      ]);
      const results = await session.run(Object.fromEntries(wanted), Object.fromEntries(places));
      const loss = (results.loss!.data as Float32Array)[0]!;
      // A step from a loss that is no number would spoil the state for good.
      const learns = session.outputNames.length > 1;
      if (learns && Number.isFinite(loss)) [state, spare] = [spare, state];
      return loss;
    }

    return {
      ready: null,
      async answer(request) {
        if (request.kind === 'run') return { result: { loss: await run(request.model, request.feeds) } };
        const copies = (request.names ?? Object.keys(state)).map((name) => {
          const { data, dims } = state[name]!;
          return [name, { data: (data as Float32Array).slice(), shape: [...dims] }] as const;
        });
        return {
          result: { state: Object.fromEntries(copies) },
          transfer: copies.map(([, { data }]) => data.buffer as ArrayBuffer),
        };
      },
    };
  },
);
