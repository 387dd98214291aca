import { OnnxError } from '../errors.js';
import type { Graph } from '../graph.js';
import type { Model } from '../model.js';
import { algebraRules } from './algebra.js';
import { elementwiseRules } from './elementwise.js';
import { type Known, knownConstant, misfit, type Rule, type Site } from './known.js';
import { layoutRules } from './layout.js';
import { windowRules } from './windows.js';

const RULES = new Map<string, Rule>(
  Object.entries({ ...elementwiseRules, ...layoutRules, ...windowRules, ...algebraRules }),
);

/**
 * Shapes of every tensor for given input shapes, as far as they follow: an operator without a rule here leaves what
 * depends on it unknown, unless the file declares its shape in numbers.
 *
 * @param inputs - a shape for each input that must be fed
 * @returns what is known of each tensor by name; unknown ones are missing
 * @throws OnnxError E_ONNX_SHAPE where shapes do not fit together, E_ONNX_GRAPH, E_ONNX_ATTRIBUTE
 *
 * @example
 * const shapes = inferShapes(model, { input: [1, 3, 224, 224] });
 * shapes.get('logits')?.shape; // [1, 1000]
 */
export function inferShapes(
  model: Model,
  inputs: Readonly<Record<string, readonly number[]>>,
): Map<string, Known> {
  const { graph } = model;
  const known = new Map<string, Known>();
  for (const [name, tensor] of graph.initializers) known.set(name, knownConstant(tensor));
  for (const value of graph.dataInputs) {
    const shape = inputs[value.name];
    if (shape) known.set(value.name, { shape, type: value.type });
  }
  const opset = model.opset() ?? 1;
  for (const node of graph.sorted()) {
    const found = apply({ node, inputs: node.inputs.map((name) => known.get(name)), opset });
    for (const [i, name] of node.outputs.entries()) {
      const output = found?.[i] ?? declared(graph, name);
      if (!output) continue;
      if (!output.shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
        throw new OnnxError(
          'E_ONNX_SHAPE',
          `The ${node.op} would make '${name}' of shape [${output.shape}].`,
        );
      }
      known.set(name, output);
    }
  }
  return known;
}

/** A rule may trust that a node is as its operator is defined; one that is not makes it fail in some way. */
function apply(site: Site): readonly (Known | undefined)[] | undefined {
  try {
    return RULES.get(site.node.op)?.(site);
  } catch (cause) {
    throw cause instanceof OnnxError ? cause : misfit(site.node, (cause as Error).message);
  }
}

function declared(graph: Graph, name: string): Known | undefined {
  const value = graph.values.get(name);
  const shape = value?.shape;
  if (!shape?.every((dim): dim is number => typeof dim === 'number')) return undefined;
  return { shape, type: value!.type };
}
