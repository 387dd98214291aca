import { Thread } from '../thread/thread.js';
import type { Plain, TrainingReply, TrainingRequest, TrainingSettings } from './training_worker.js';

export type { Plain } from './training_worker.js';

/** A network that learns, in a thread of its own. */
export class TrainingSession {
  private constructor(private readonly thread: Thread<TrainingRequest, TrainingReply, null>) {}

  /** Starts the thread and loads the graphs; rejects with onnxruntime's own message. */
  static async start(settings: TrainingSettings): Promise<TrainingSession> {
    return new TrainingSession(await Thread.start('training-worker', settings));
  }

  /**
   * Runs a graph on a batch; where it is a training step, the state is the next one afterwards, unless the loss is no
   * number. The batch's memory goes to the thread.
   *
   * @returns the loss
   */
  async run(model: string, feeds: Record<string, Plain>): Promise<number> {
    const transfer = Object.values(feeds).map(({ data }) => data.buffer as ArrayBuffer);
    return ((await this.thread.call({ kind: 'run', model, feeds }, transfer)) as { loss: number }).loss;
  }

  /** A copy of everything that steps change, or of some of it. */
  async read(names?: readonly string[]): Promise<Record<string, Plain>> {
    return ((await this.thread.call({ kind: 'read', names })) as { state: Record<string, Plain> }).state;
  }

  /** Ends the thread once its present step has ended. */
  close(): Promise<void> {
    return this.thread.close();
  }
}
