import type { Node } from '../node.js';
import type { Known } from '../shapes/known.js';
import { windowOf } from '../shapes/windows.js';

/** How much of the image a value of a tensor depends on. */
export interface ReceptiveField {
  /** Pixels along an edge that windows reach, the larger of both axes. */
  pixels: number;
  /** True where attention or an average over the whole grid (squeeze and excitation) lets in everything else, too. */
  global: boolean;
}

interface Reach extends ReceptiveField {
  /** Input pixels between two neighbours. */
  step: number;
}

/** Receptive fields of the tensors that depend on the input; nodes in an order in which they can run. */
export function receptiveFields(
  nodes: readonly Node[],
  inputs: readonly string[],
  shapes: ReadonlyMap<string, Known>,
): Map<string, ReceptiveField> {
  const reaches = new Map<string, Reach>(inputs.map((name) => [name, { pixels: 1, step: 1, global: false }]));
  for (const node of nodes) {
    const before = node.inputs.flatMap((name) => reaches.get(name) ?? []);
    if (before.length === 0 || node.op === 'Shape' || node.op === 'Size') continue;
    const joined: Reach = {
      pixels: Math.max(...before.map((reach) => reach.pixels)),
      step: Math.max(...before.map((reach) => reach.step)),
      global: before.some((reach) => reach.global) || mixesEverything(node, before.length, shapes),
    };
    const after = widened(joined, node, shapes);
    for (const name of node.outputs) reaches.set(name, after);
  }
  return reaches;
}

function widened(reach: Reach, node: Node, shapes: ReadonlyMap<string, Known>): Reach {
  if (!/^(Fused)?Conv$|Pool$/.test(node.op) || node.op.startsWith('Global')) return reach;
  const inputs = node.inputs.map((name) => shapes.get(name));
  const window = windowOf({ node, inputs, opset: 0 });
  if (!window) return reach;
  const { kernel, strides, dilations } = window;
  const span = Math.max(...kernel.map((size, i) => (size - 1) * dilations[i]!));
  return { ...reach, pixels: reach.pixels + span * reach.step, step: reach.step * Math.max(...strides) };
}

/** Products of two tensors of data mix all positions: that is attention. So do averages over the grid. */
function mixesEverything(node: Node, dataInputs: number, shapes: ReadonlyMap<string, Known>): boolean {
  if (node.op === 'Attention' || node.op.startsWith('Global')) return true;
  if (node.op === 'MatMul' || node.op === 'Einsum') return dataInputs > 1;
  if (!node.op.startsWith('Reduce')) return false;
  const [before, after] = [shapes.get(node.inputs[0]!)?.shape, shapes.get(node.outputs[0]!)?.shape];
  // A mean over one axis is a layer's normalisation; over two, or all, it is the grid's.
  return before?.length !== after?.length || before!.filter((extent, i) => extent !== after![i]).length > 1;
}
