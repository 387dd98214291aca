import { availableParallelism } from 'node:os';
import { AdError } from '@ad/core-native';
import type { Optimiser, TrainingStep } from '@ad/onnx/autodiff';
import { sha256 } from '../digest.js';
import { checkpointFile, loadCheckpoint, type Position, saveCheckpoint } from './checkpoint.js';
import type { ExampleStore } from './example_store.js';
import { epochOrder } from './random.js';
import type { Schedule } from './schedule.js';
import { type Plain, TrainingSession } from './training_session.js';

/** What is trained and how. */
export interface TrainingPlan {
  /** What goes into the step: one tensor per name, `[batch, ...shape]`. */
  examples: ExampleStore;
  /** Examples that are learned from. */
  learn: readonly number[];
  /** Examples that decide which epoch's state is kept: that with the smallest loss on them. None: the last epoch's. */
  heldOut: readonly number[];
  /** The step for a number of examples. Parameters, first values and optimiser are the same for every number. */
  step: (batch: number) => TrainingStep;
  optimiser: Optimiser;
  rate: Schedule;
  epochs: number;
  /** Examples per step; the last step of an epoch takes what is left. */
  batch: number;
  /** Fewer examples than this are left out at the end of an epoch: batch statistics of one vector say nothing. */
  leastBatch?: number | undefined;
  /** The loss of a number of held-out examples, as the network will be used. */
  heldOutLoss: (batch: number) => Uint8Array;
  seed: number;
}

/** How a training is followed, stopped and continued. */
export interface TrainingControl {
  signal?: AbortSignal | undefined;
  threads?: number | undefined;
  /** A folder where the training is kept every so often, and continued from. */
  checkpoints?: { folder: string; seconds: number } | undefined;
  onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

/** How far a training is. */
export interface TrainingProgress {
  /** Steps that were taken, 0..1. */
  share: number;
  epoch: number;
  /** Mean over the epoch so far. */
  loss: number;
  /** Unknown until two steps were taken. */
  secondsLeft: number | undefined;
}

/** What was learned. */
export interface Trained {
  /** Parameters and running statistics by name. */
  weights: Record<string, Float32Array>;
  /** Mean loss of each epoch. */
  losses: number[];
  /** The epoch whose weights these are, from 1. */
  epoch: number;
}

/** A loss so much larger than at the start is no learning any more. */
const DIVERGED = 100;
const START_STEPS = 5;

/**
 * Trains a network by running its training step over shuffled examples. The same plan gives the same bytes at a fixed
 * number of threads, with or without stops in between.
 *
 * @throws AdError E_DIVERGED, E_WRITE, E_ARGUMENT (a checkpoint of another training), E_NATIVE; the signal's reason
 */
export async function train(plan: TrainingPlan, control: TrainingControl = {}): Promise<Trained> {
  const training = new Training(plan, control);
  try {
    return await training.run();
  } finally {
    await training.close();
  }
}

class Training {
  readonly #sizes: number[];
  readonly #steps: number;
  #session: TrainingSession | undefined;
  #position: Position;
  #saved = performance.now();
  #best: { loss: number; epoch: number; state: Record<string, Plain> } | undefined;
  #pace: number[] = [];
  #learned: string[] = [];

  constructor(
    private readonly plan: TrainingPlan,
    private readonly control: TrainingControl,
  ) {
    this.#sizes = batchSizes(plan.learn.length, plan.batch, plan.leastBatch ?? 1);
    this.#steps = this.#sizes.length * plan.epochs;
    this.#position = { run: '', steps: 0, losses: [], recent: [], start: 0, best: null };
  }

  async run(): Promise<Trained> {
    await this.#start();
    const { losses } = this.#position;
    while (losses.length < this.plan.epochs) await this.#epoch();
    if (this.#sinceSaved() > 0) await this.#save();
    const last = async () => ({ epoch: losses.length, state: await this.#session!.read(this.#learned) });
    const { epoch, state } = this.#best ?? (await last());
    const weights = Object.fromEntries(this.#learned.map((name) => [name, state[name]!.data]));
    return { weights, losses, epoch };
  }

  async close(): Promise<void> {
    await this.#session?.close();
  }

  /** Builds the graphs for the batch sizes that occur, and takes up a checkpoint. */
  async #start(): Promise<void> {
    const { plan, control } = this;
    const models: Record<string, Uint8Array> = {};
    const whole = plan.step(this.#sizes[0]!);
    for (const size of new Set(this.#sizes)) models[`step${size}`] = plan.step(size).model;
    for (const size of new Set(this.#heldOutBatches().map((batch) => batch.length))) {
      models[`loss${size}`] = plan.heldOutLoss(size);
    }
    this.#learned = whole.learned;
    this.#position.run = this.#identity(Object.values(models));
    let state = Object.fromEntries(
      whole.state.map(({ name, data, shape }) => [name, { data, shape }]),
    ) as Record<string, Plain>;
    const found =
      control.checkpoints && (await loadCheckpoint(control.checkpoints.folder, this.#position.run));
    if (found) {
      this.#position = found.position;
      state = found.state;
      if (found.best && found.position.best) this.#best = { ...found.position.best, state: found.best };
    }
    const threads = control.threads ?? availableParallelism();
    try {
      this.#session = await TrainingSession.start({ models, main: `step${this.#sizes[0]!}`, state, threads });
    } catch (cause) {
      throw failed(cause);
    }
  }

  /** One epoch, or what is left of it. */
  async #epoch(): Promise<void> {
    const { plan } = this;
    const position = this.#position;
    const order = epochOrder(plan.learn.length, plan.seed, position.losses.length);
    while (position.recent.length < this.#sizes.length) {
      const at = position.recent.length;
      const begin = this.#sizes.slice(0, at).reduce((a, b) => a + b, 0);
      const taken = order.slice(begin, begin + this.#sizes[at]!).map((i) => plan.learn[i]!);
      await this.#step(taken);
    }
    position.losses.push(mean(position.recent));
    position.recent = [];
    await this.#judge();
  }

  async #step(taken: number[]): Promise<void> {
    const { plan, control } = this;
    const position = this.#position;
    if (control.signal?.aborted) {
      if (this.#sinceSaved() > 0) await this.#save();
      control.signal.throwIfAborted();
    }
    const begin = performance.now();
    const feeds = await plan.examples.batch(taken);
    const rate = plan.rate({ step: position.steps, steps: this.#steps });
    const values = plan.optimiser.valuesAt(position.steps + 1, rate);
    plan.optimiser.scalars.forEach((name, i) => {
      feeds[name] = { data: Float32Array.of(values[i]!), shape: [1] };
    });
    const loss = await this.#run(`step${taken.length}`, feeds);
    this.#check(loss);
    position.recent.push(loss);
    position.steps++;
    this.#pace.push((performance.now() - begin) / 1000);
    this.#tell();
    const every = control.checkpoints?.seconds;
    if (every !== undefined && this.#sinceSaved() >= every) await this.#save();
  }

  async #run(model: string, feeds: Record<string, Plain>): Promise<number> {
    try {
      return await this.#session!.run(model, feeds);
    } catch (cause) {
      throw failed(cause);
    }
  }

  #check(loss: number): void {
    const position = this.#position;
    if (position.steps < START_STEPS) position.start = Math.max(position.start, Math.abs(loss));
    if (Number.isFinite(loss) && Math.abs(loss) <= DIVERGED * position.start) return;
    throw this.#diverged(`the loss is ${loss}`);
  }

  #diverged(what: string): AdError {
    const { losses, recent, start } = this.#position;
    const { checkpoints } = this.control;
    const kept = checkpoints ? ` The last good state is in ${checkpointFile(checkpoints.folder)}.` : '';
    return new AdError(
      'E_DIVERGED',
      `Training diverged in epoch ${losses.length + 1} at step ${recent.length + 1}: ${what}, at the start it was ${start.toPrecision(3)}.${kept}`,
      'Train with a smaller --rate.',
    );
  }

  /** Keeps the best state by the loss on good images that were held out. */
  async #judge(): Promise<void> {
    const batches = this.#heldOutBatches();
    if (batches.length === 0) return;
    let sum = 0;
    let count = 0;
    for (const batch of batches) {
      sum += (await this.#run(`loss${batch.length}`, await this.plan.examples.batch(batch))) * batch.length;
      count += batch.length;
    }
    const [loss, epoch] = [sum / count, this.#position.losses.length];
    if (this.#best && !(loss < this.#best.loss)) return;
    this.#best = { loss, epoch, state: await this.#session!.read(this.#learned) };
    this.#position.best = { loss, epoch };
  }

  #heldOutBatches(): (readonly number[])[] {
    const { heldOut, batch } = this.plan;
    const starts = Array.from({ length: Math.ceil(heldOut.length / batch) }, (_, i) => i * batch);
    return starts.map((start) => heldOut.slice(start, start + batch));
  }

  async #save(): Promise<void> {
    const { checkpoints } = this.control;
    if (!checkpoints) return;
    const state = await this.#session!.read();
    if (!Object.values(state).every(({ data }) => data.every(Number.isFinite))) {
      throw this.#diverged('a weight is not a finite number');
    }
    await saveCheckpoint(checkpoints.folder, { position: this.#position, state, best: this.#best?.state });
    this.#saved = performance.now();
  }

  #sinceSaved(): number {
    return (performance.now() - this.#saved) / 1000;
  }

  #tell(): void {
    const { steps, losses, recent } = this.#position;
    // The first step also sets up memory. Later ones vary with the machine's load: the latest few count.
    const recentPace = this.#pace
      .slice(1)
      .slice(-50)
      .sort((a, b) => a - b);
    const median = recentPace[recentPace.length >> 1];
    this.control.onProgress?.({
      share: steps / this.#steps,
      epoch: losses.length + 1,
      loss: mean(recent),
      secondsLeft: median && median * (this.#steps - steps),
    });
  }

  /** Two trainings are one and the same where graphs, images and plan are. */
  #identity(models: Uint8Array[]): string {
    const { seed, epochs, batch, learn, examples, rate } = this.plan;
    const rates = [0, 1].map((step) => rate({ step, steps: this.#steps }));
    const text = JSON.stringify([models.map(sha256), seed, epochs, batch, learn, examples.digest, rates]);
    return sha256(new TextEncoder().encode(text));
  }
}

/** Examples of each step of an epoch. */
function batchSizes(count: number, batch: number, least: number): number[] {
  const whole = Math.min(batch, count);
  const sizes = new Array<number>(Math.floor(count / whole)).fill(whole);
  const rest = count % whole;
  return rest >= least && rest > 0 ? [...sizes, rest] : sizes;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function failed(cause: unknown): AdError {
  return new AdError('E_NATIVE', `Training failed: ${(cause as Error).message}`, 'Try a smaller --batch.', {
    cause,
  });
}
