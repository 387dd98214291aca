import { Thread } from '../thread/thread.js';
import type {
  InferenceInput,
  InferenceOutput,
  InferenceRequest,
  InferenceResult,
  InferenceSettings,
  ModelSignature,
} from './inference_worker.js';

export type { InferenceInput, InferenceOutput, InferenceResult, ModelSignature } from './inference_worker.js';

/** An onnxruntime session in a thread of its own. An idle one never keeps the process alive. */
export class Inference {
  private constructor(private readonly thread: Thread<InferenceRequest, InferenceResult, ModelSignature>) {}

  /** Starts the thread and loads the model; rejects with onnxruntime's own message. */
  static async start(model: Uint8Array, settings: Omit<InferenceSettings, 'model'>): Promise<Inference> {
    return new Inference(await Thread.start('inference-worker', { model, ...settings }));
  }

  /** The model's inputs and outputs as the file declares them. */
  get signature(): ModelSignature {
    return this.thread.ready;
  }

  /** Runs the model on its inputs, in their order. Their memory and `memory` go to the thread: they are empty afterwards. */
  run(inputs: InferenceInput[], outputs: string[], memory?: InferenceOutput[]): Promise<InferenceResult> {
    const transfer = [...inputs, ...(memory ?? [])].map(({ data }) => data.buffer);
    return this.thread.call({ inputs, outputs, memory }, transfer);
  }

  /** Whether it was closed, or its thread has ended. */
  get ended(): boolean {
    return this.thread.ended;
  }

  /** Ends the thread once its present run has ended. Runs that wait are rejected. */
  async close(): Promise<void> {
    await this.thread.close();
  }
}
