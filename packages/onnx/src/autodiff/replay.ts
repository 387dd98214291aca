import { OnnxError } from '../errors.js';
import type { Graph } from '../graph.js';
import type { Node } from '../node.js';
import type { Tensor } from '../tensor.js';
import type { Layers } from './layers.js';
import { add, clip, concat, leakyRelu, maxPool, mul, relu, sub, type Window } from './ops/index.js';
import type { Tape, Value } from './tape.js';

/**
 * Builds a convolutional network again, of the same architecture but with layers of its own: a student of its teacher.
 *
 * Every convolution is followed by batch normalisation. Networks are trained so, and exported with the normalisation
 * folded into the convolution's bias, where nothing tells it from a plain one; a BatchNormalization node of the file is
 * that of the convolution before it. Layers are named after the tensors that the file's convolutions make.
 *
 * @param x - in the place of the network's one input
 * @param outputs - names of tensors in the file
 * @throws OnnxError E_ONNX_LAYER for an operator that cannot be learned here
 */
export function replay(graph: Graph, layers: Layers, x: Value, outputs: readonly string[]): Value[] {
  return new Replay(graph, layers, x).run(outputs);
}

class Replay {
  readonly #values = new Map<string, Value>();
  readonly #tape: Tape;
  readonly #constants: Map<string, Tensor>;

  constructor(
    private readonly graph: Graph,
    private readonly layers: Layers,
    x: Value,
  ) {
    this.#tape = x.tape;
    this.#values.set(graph.dataInputs[0]!.name, x);
    const nodes = graph.nodes.filter(({ op }) => op === 'Constant');
    this.#constants = new Map([
      ...graph.initializers,
      ...nodes.map((node) => [node.outputs[0]!, node.tensor('value')] as const),
    ]);
  }

  run(outputs: readonly string[]): Value[] {
    const wanted = this.#needed(outputs);
    for (const node of this.graph.sorted()) {
      if (wanted.has(node) && node.op !== 'Constant') this.#values.set(node.outputs[0]!, this.#apply(node));
    }
    return outputs.map((name) => this.#value(name));
  }

  #needed(outputs: readonly string[]): Set<Node> {
    const producers = this.graph.producers();
    const found = new Set<Node>();
    const open = [...outputs];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const node = producers.get(name);
      if (!node || found.has(node)) continue;
      found.add(node);
      open.push(...node.inputs);
    }
    return found;
  }

  #apply(node: Node): Value {
    const [first, second] = node.inputs as [string, string];
    switch (node.op) {
      case 'Conv':
        return this.#conv(node);
      // Every convolution has its own already.
      case 'BatchNormalization':
      case 'Identity':
        return this.#value(first);
      case 'Relu':
        return relu(this.#value(first));
      case 'LeakyRelu':
        return leakyRelu(this.#value(first), node.float('alpha', 0.01));
      case 'Clip':
        return clip(this.#value(first), this.#bound(node, 1, 'min'), this.#bound(node, 2, 'max'));
      case 'MaxPool':
        return maxPool(this.#value(first), pair(node.ints('kernel_shape')), this.#window(node));
      case 'Add':
        return add(this.#value(first), this.#value(second));
      case 'Sub':
        return sub(this.#value(first), this.#value(second));
      case 'Mul':
        return mul(this.#value(first), this.#value(second));
      case 'Div':
        return mul(this.#value(first), this.#inverse(second));
      case 'Concat':
        return concat(
          node.inputs.map((name) => this.#value(name)),
          node.int('axis'),
        );
      default:
        throw refused(node, `the operator ${node.op}`);
    }
  }

  #conv(node: Node): Value {
    const [input, weight] = node.inputs as [string, string];
    const tensor = this.#constants.get(weight);
    if (!tensor) throw refused(node, 'a convolution whose weights are computed');
    const [channels, , ...kernel] = tensor.dims as [number, number, number, number];
    return this.layers.convNorm(node.outputs[0]!, this.#value(input), {
      channels,
      kernel: pair(kernel),
      group: node.int('group', 1),
      ...this.#window(node),
    });
  }

  #window(node: Node): Window {
    const automatic = node.string('auto_pad', 'NOTSET');
    if (automatic !== 'NOTSET')
      throw refused(node, `padding that is worked out at run time (auto_pad ${automatic})`);
    if (node.int('ceil_mode', 0) !== 0) throw refused(node, 'pooling with ceil_mode');
    const pads = node.ints('pads', [0, 0, 0, 0]);
    return {
      strides: pair(node.ints('strides', [1, 1])),
      pads: [pads[0]!, pads[1]!, pads[2]!, pads[3]!],
      dilations: pair(node.ints('dilations', [1, 1])),
    };
  }

  /** A bound of Clip: an input since operator set 11, an attribute before. */
  #bound(node: Node, at: number, attribute: string): number {
    const name = node.inputs[at];
    if (name) return this.#constants.get(name)!.scalar();
    return node.float(attribute, attribute === 'min' ? -3.4e38 : 3.4e38);
  }

  #value(name: string): Value {
    const known = this.#values.get(name);
    if (known) return known;
    const tensor = this.#constants.get(name);
    if (!tensor) throw new OnnxError('E_ONNX_LAYER', `The network has no tensor '${name}'.`);
    return this.#tape.constant(tensor.numbers(), tensor.dims);
  }

  #inverse(name: string): Value {
    const tensor = this.#constants.get(name);
    if (!tensor) throw new OnnxError('E_ONNX_LAYER', `The network divides by '${name}', which is computed.`);
    return this.#tape.constant(
      tensor.numbers().map((value) => 1 / value),
      tensor.dims,
    );
  }
}

function pair([down, across]: readonly number[]): [number, number] {
  return [down!, across!];
}

function refused(node: Node, what: string): OnnxError {
  return new OnnxError(
    'E_ONNX_LAYER',
    `The network has ${what} (it makes '${node.outputs[0]}'), which cannot be trained here.`,
    'Networks of convolutions, ReLU, max pooling, sums and concatenations can: a ResNet for example.',
  );
}
