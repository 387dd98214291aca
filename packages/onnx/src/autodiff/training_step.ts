import { OnnxError } from '../errors.js';
import type { Optimiser } from './optimisers.js';
import { reshape } from './raw.js';
import type { Value } from './tape.js';
import { toModel } from './to_model.js';
import type { StateTensor, TrainingLayers } from './training_layers.js';

/** One step of training as a graph: forward, loss, backward and optimiser. The output `loss` `[1]` is that before the step. */
export interface TrainingStep {
  /** The ONNX file. */
  model: Uint8Array<ArrayBuffer>;
  /**
   * What goes in and comes out changed: a tensor `w` is fed as `w` and fetched as `w:next`. Parameters come first, then
   * running statistics, then the optimiser's.
   */
  state: StateTensor[];
  /** Names of those that make the network: parameters and running statistics. */
  learned: string[];
  /** Names of the optimiser's scalars `[1]`; see {@link Optimiser.valuesAt}. */
  scalars: readonly string[];
}

/**
 * Completes a tape to a training step: gradients of all parameters, the optimiser's updates, and outputs for the next
 * state.
 *
 * @param loss - one number that depends on every parameter
 * @example
 * const tape = new Tape();
 * const layers = new TrainingLayers(tape, kaimingFanOut(normal));
 * const y = layers.convNorm('first', tape.input('x', [8, 3, 32, 32]), { channels: 4, kernel: [3, 3] });
 * const step = trainingStep(mean(square(y)), layers, sgd({ momentum: 0.9 }));
 */
export function trainingStep(loss: Value, layers: TrainingLayers, optimiser: Optimiser): TrainingStep {
  const { tape } = loss;
  const { parameters, running } = layers;
  const gradients = tape.gradients(
    loss,
    parameters.map(({ value }) => value),
  );
  tape.output(reshape(loss, [1]), 'loss');
  for (const { name, next } of running) tape.output(next, `${name}:next`);
  const scalars = optimiser.scalars.map((name) => tape.input(name, [1]));
  const slots: StateTensor[] = [];
  // onnxruntime works back from the last outputs: in the order of the layers, gradients are used up as they appear.
  for (const [i, { name, shape, value }] of parameters.entries()) {
    const gradient = gradients[i];
    if (!gradient)
      throw new OnnxError('E_ONNX_GRAPH', `The loss does not depend on the parameter '${name}'.`);
    const kept = optimiser.slots.map((slot) => ({
      name: `${name}:${slot}`,
      shape,
      data: new Float32Array(value.size),
    }));
    const inputs = kept.map((slot) => tape.input(slot.name, shape));
    const update = optimiser.update(value, gradient, inputs, scalars);
    tape.output(update.parameter, `${name}:next`);
    kept.forEach((slot, s) => void tape.output(update.slots[s]!, `${slot.name}:next`));
    slots.push(...kept);
  }
  const bare = ({ name, shape, data }: StateTensor): StateTensor => ({ name, shape, data });
  return {
    model: toModel(tape).write(),
    state: [...parameters.map(bare), ...running.map(bare), ...slots],
    learned: [...parameters, ...running].map(({ name }) => name),
    scalars: optimiser.scalars,
  };
}

/** The loss alone as a graph, with the output `loss` `[1]`. */
export function lossGraph(loss: Value): Uint8Array<ArrayBuffer> {
  loss.tape.output(reshape(loss, [1]), 'loss');
  return toModel(loss.tape).write();
}
