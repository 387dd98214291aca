import { float } from '../attribute.js';
import { Model } from '../model.js';
import type { Attributes, Tape, Value } from './tape.js';

/** The operator set that the operators here are written in. */
export const AUTODIFF_OPSET = 18;

/** How a tape becomes a model. */
export interface ToModelOptions {
  /** Declares the first axis of inputs and outputs free, for graphs that hold at any number of images. */
  anyBatch?: boolean;
}

/**
 * A tape as an ONNX model, which onnxruntime can run.
 *
 * @example
 * const session = await InferenceSession.create(toModel(tape).write());
 */
export function toModel(tape: Tape, { anyBatch = false }: ToModelOptions = {}): Model {
  const model = Model.create({ opset: AUTODIFF_OPSET });
  const { graph } = model;
  const axes = ({ shape }: Value) => (anyBatch ? ['n', ...shape.slice(1)] : shape);
  for (const value of tape.inputs) graph.input(value.name, 'float32', axes(value));
  for (const [name, { data, shape }] of tape.constants) {
    graph.constant(data instanceof Float32Array ? 'float32' : 'int64', shape, data, name);
  }
  const { nodes, named } = withoutCopies(tape);
  for (const { op, inputs, outputs, attributes } of nodes) {
    const given = Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)]);
    graph.push({
      op,
      inputs: inputs.map(named),
      outputs: outputs.map(named),
      attributes: Object.fromEntries(given),
    });
  }
  for (const value of tape.outputs) graph.output(value.name, 'float32', axes(value));
  return model;
}

/** Gives what a node computes its name as an output at once: copying every parameter takes time. */
function withoutCopies(tape: Tape) {
  const computed = new Set(tape.nodes.flatMap(({ op, outputs }) => (op === 'Identity' ? [] : outputs)));
  const fetched = new Set(tape.outputs.map(({ name }) => name));
  const names = new Map<string, string>();
  const nodes = tape.nodes.filter(({ op, inputs: [from], outputs: [to] }) => {
    if (op !== 'Identity' || !fetched.has(to!) || !computed.has(from!) || names.has(from!)) return true;
    names.set(from!, to!);
    return false;
  });
  return { nodes, named: (name: string) => names.get(name) ?? name };
}

function attributeOf(value: Attributes[string]) {
  return typeof value === 'object' && 'float' in value ? float(value.float) : value;
}
