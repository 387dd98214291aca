import type { Node } from '../node.js';
import { count, type Known } from '../shapes/known.js';

/**
 * Floating-point operations of a node: two for each multiplication with its addition in convolutions and matrix products,
 * which is where networks spend their time; others count nothing, and so does what has unknown shapes.
 */
export function flopsOf(node: Node, shapes: ReadonlyMap<string, Known>): number {
  const shape = (name: string | undefined) => shapes.get(name ?? '')?.shape;
  const [a, b, out] = [shape(node.inputs[0]), shape(node.inputs[1]), shape(node.outputs[0])];
  if (!a || !b || !out) return 0;
  switch (node.op) {
    case 'Conv':
    case 'FusedConv':
      // Each output is a sum over the weights of one output channel.
      return 2 * count(out) * count(b.slice(1));
    case 'ConvTranspose':
      return 2 * count(a) * count(b.slice(1));
    case 'Gemm':
      return 2 * count(out) * a[node.int('transA', 0) ? 0 : 1]!;
    case 'MatMul':
      return 2 * count(out) * (a.at(-1) ?? 0);
    case 'Attention':
      // Queries times keys, and weights times values.
      return 4 * count(out) * (b.at(-2) ?? 0);
    default:
      return 0;
  }
}
