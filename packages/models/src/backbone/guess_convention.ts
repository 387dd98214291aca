import type { Model, Node } from '@ad/onnx';
import type { InputConvention } from '../image/index.js';

/** What values a network probably wants, and why that is thought. A file does not say. */
export interface ConventionGuess {
  convention: InputConvention;
  reason: string;
}

/**
 * Weights of a first convolution, root of the sum of squares per output channel: of the order of 1 where inputs are of the
 * order of 1, and of 1/64 where they go to 255.
 */
const SMALL_WEIGHTS = 0.1;

/**
 * Guesses what values a network's input wants: from arithmetic before its first convolution, from the size of the first
 * weights, from the program that wrote it. Only a guess: a wrong one costs accuracy, never an error.
 */
export function guessConvention(model: Model): ConventionGuess {
  const { graph } = model;
  const input = graph.dataInputs[0]?.name ?? '';
  const readers = graph.consumers();
  const before: string[] = [];
  for (let node = readers.get(input)?.[0]; node; node = readers.get(node.outputs[0] ?? '')?.[0]) {
    if (node.op === 'Conv') return fromWeights(model, node, before);
    before.push(node.op);
    if (before.length > 8) break;
  }
  return { convention: 'imagenet', reason: 'nothing in the file tells; most networks want it' };
}

function fromWeights({ graph, producer }: Model, conv: Node, before: string[]): ConventionGuess {
  if (before.some((op) => op === 'Sub' || op === 'Div' || op === 'BatchNormalization')) {
    return { convention: '0..1', reason: 'the graph normalises its input itself' };
  }
  const weight = graph.initializers.get(conv.inputs[1] ?? '');
  if (weight && weight.type === 'float32' && weight.dims[0]) {
    const squares = weight.numbers().reduce((sum, value) => sum + value * value, 0);
    const size = Math.sqrt(squares / weight.dims[0]);
    if (size > 0 && size < SMALL_WEIGHTS) {
      return {
        convention: '0..255',
        reason: `the first weights are as small as inputs up to 255 make them (${size.toPrecision(2)} per channel)`,
      };
    }
  }
  if (/tf2onnx|keras|tflite/i.test(producer)) {
    return { convention: '-1..1', reason: `written by ${producer}, whose networks mostly want it` };
  }
  return {
    convention: 'imagenet',
    reason: `${producer ? `written by ${producer}; ` : ''}most networks want it`,
  };
}
