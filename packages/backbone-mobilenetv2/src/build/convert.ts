import { widenHalf } from './half.js';
import type { OnnxConstant, OnnxGraph, OnnxNode, OnnxValue } from './onnx_writer.js';
import { BUILTIN, TENSOR_TYPE, type TfliteGraph, type TfliteOperator } from './tflite.js';
import { toChannelsFirst } from './weights.js';

/** A feature map to keep: the TFLite layer that makes it, and its name in the ONNX file. */
export interface Tap {
  /** Beginning of the TFLite tensor's name. */
  layer: string;
  name: string;
}

const PADDING_SAME = 0;
const ACTIVATION_NONE = 0;
const ACTIVATION_RELU6 = 3;
const OPSET = 17;
const INPUT = 'rgb_0_255';

/**
 * Converts the part of a TFLite network that the taps need: convolutions, additions and ReLU6, weights widened to single
 * precision and laid out channels first. The network's own normalisation, x / 127.5 - 1, becomes part of the graph, and
 * all of batch, height and width are free.
 *
 * Padding stays `SAME_UPPER` rather than fixed numbers: what SAME pads depends on whether a size is odd, and zeros are
 * padded after the normalisation.
 */
export function convertTrunk(tflite: TfliteGraph, taps: readonly Tap[]): OnnxGraph {
  return new Conversion(tflite).run(taps);
}

class Conversion {
  readonly #nodes: OnnxNode[] = [];
  readonly #constants: OnnxConstant[] = [];
  /** ONNX name of each TFLite tensor that is there already. */
  readonly #names = new Map<number, string>();
  readonly #producers: Map<number, TfliteOperator>;

  constructor(private readonly tflite: TfliteGraph) {
    this.#producers = new Map(
      tflite.operators.flatMap((operator) => operator.outputs.map((output) => [output, operator] as const)),
    );
  }

  run(taps: readonly Tap[]): OnnxGraph {
    this.#normalise();
    const outputs = taps.map((tap) => this.#tap(tap));
    return {
      name: 'mobilenetv2',
      producer: '@ad/backbone-mobilenetv2',
      opset: OPSET,
      inputs: [{ name: INPUT, shape: ['n', 3, 'h', 'w'] }],
      outputs,
      constants: this.#constants,
      nodes: this.#nodes,
    };
  }

  #normalise(): void {
    const [input] = this.tflite.inputs;
    if (input === undefined || this.tflite.inputs.length !== 1) throw new Error('expected one input');
    this.#constant('half_range', [], Float32Array.of(127.5));
    this.#constant('one', [], Float32Array.of(1));
    this.#constant('zero', [], Float32Array.of(0));
    this.#constant('six', [], Float32Array.of(6));
    this.#nodes.push({ op: 'Div', inputs: [INPUT, 'half_range'], output: 'scaled' });
    this.#nodes.push({ op: 'Sub', inputs: ['scaled', 'one'], output: 'normalised' });
    this.#names.set(input, 'normalised');
  }

  #tap({ layer, name }: Tap): OnnxValue {
    const made = [...this.#producers].filter(([id, producer]) => {
      return producer.code === BUILTIN.conv2d && this.tflite.tensors[id]!.name.startsWith(`${layer}/`);
    });
    if (made.length !== 1) throw new Error(`expected one convolution in ${layer}, found ${made.length}`);
    const [id] = made[0]!;
    this.#nodes.push({ op: 'Identity', inputs: [this.#activation(id)], output: name });
    return { name, shape: ['n', this.tflite.tensors[id]!.shape[3]!, `h_${name}`, `w_${name}`] };
  }

  /** Emits what makes a tensor, its inputs first, and returns its ONNX name. */
  #activation(id: number): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const operator = this.#producers.get(id);
    if (!operator) throw new Error(`nothing makes the tensor ${this.tflite.tensors[id]!.name}`);
    const name = this.#emit(operator, `t${id}`);
    this.#names.set(id, name);
    return name;
  }

  #emit(operator: TfliteOperator, output: string): string {
    switch (operator.code) {
      case BUILTIN.conv2d:
        return this.#convolution(operator, output, { depthwise: false, activation: 3 });
      case BUILTIN.depthwiseConv2d:
        return this.#convolution(operator, output, { depthwise: true, activation: 4 });
      case BUILTIN.add: {
        const inputs = operator.inputs.map((id) => this.#activation(id));
        return this.#activate(operator.byteOption(0), { op: 'Add', inputs, output });
      }
      default:
        throw new Error(`the trunk has an operator of the unexpected kind ${operator.code}`);
    }
  }

  /** `activation`: which option field holds the fused activation; padding and strides are fields 0, 1 and 2 in both. */
  #convolution(
    operator: TfliteOperator,
    output: string,
    { depthwise, activation }: { depthwise: boolean; activation: number },
  ): string {
    if (operator.byteOption(0) !== PADDING_SAME) throw new Error('expected SAME padding');
    const [data, weights, bias] = operator.inputs as [number, number, number];
    const input = this.#activation(data);
    const { shape, values } = toChannelsFirst(
      this.tflite.tensors[weights]!.shape,
      this.#values(weights),
      depthwise,
    );
    this.#constant(`${output}_weight`, shape, values);
    this.#constant(`${output}_bias`, [shape[0]!], this.#values(bias));
    return this.#activate(operator.byteOption(activation), {
      op: 'Conv',
      inputs: [input, `${output}_weight`, `${output}_bias`],
      output,
      attributes: {
        auto_pad: 'SAME_UPPER',
        group: depthwise ? shape[0]! : 1,
        kernel_shape: shape.slice(2),
        strides: [operator.intOption(2), operator.intOption(1)],
      },
    });
  }

  #activate(activation: number, node: OnnxNode): string {
    this.#nodes.push(node);
    if (activation === ACTIVATION_NONE) return node.output;
    if (activation !== ACTIVATION_RELU6) throw new Error(`unexpected fused activation ${activation}`);
    const output = `${node.output}_relu6`;
    this.#nodes.push({ op: 'Clip', inputs: [node.output, 'zero', 'six'], output });
    return output;
  }

  #constant(name: string, shape: number[], values: Float32Array): void {
    this.#constants.push({ name, shape, values });
  }

  /** Constant contents of a tensor, through the DEQUANTIZE that widens half precision if there is one. */
  #values(id: number): Float32Array {
    const producer = this.#producers.get(id);
    const source = producer?.code === BUILTIN.dequantize ? producer.inputs[0]! : id;
    const { type, data, name } = this.tflite.tensors[source]!;
    if (type === TENSOR_TYPE.float16) return widenHalf(data);
    if (type === TENSOR_TYPE.float32) return new Float32Array(data.slice().buffer);
    throw new Error(`the constant ${name} has the element type ${type}; expected float16 or float32`);
  }
}
