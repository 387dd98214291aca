import { OnnxError } from '../errors.js';
import type { Graph } from '../graph.js';
import type { Model } from '../model.js';
import { inferShapes } from '../shapes/infer.js';
import { channelsOf, imageInput } from '../stages/find_stages.js';
import type { Tensor } from '../tensor.js';
import { Value } from '../value.js';

/** Which axes of the input any extent may be fed to. */
export interface FreeAxes {
  batch: boolean;
  size: boolean;
}

/** A multiple of every usual stride and patch size of networks: 32 and 14. */
const STEP = 224;

/**
 * Lets an image network take any number of images, and images of any size, where its operators allow that although its
 * file fixes them: a classifier's last layers do not, what is left after a cut often does. Found out by inferring the
 * shapes for other extents; where an operator is not known, nothing is freed. Changes the model in place: input and
 * outputs are declared anew, declarations in between are dropped.
 *
 * @returns which axes are free now
 * @throws OnnxError E_ONNX_LAYER when there is no single image input, E_ONNX_GRAPH
 */
export function freeAxes(model: Model): FreeAxes {
  const { graph } = model;
  const { name, shape, height, width } = imageInput(model);
  const declared = [...graph.values];
  graph.values.clear();
  const infer = (n: number, h: number, w: number) => outputShapes(model, [n, channelsOf(shape), h, w]);
  const base = infer(1, height, width);
  if (!base) {
    for (const [key, value] of declared) graph.values.set(key, value);
    return { batch: typeof shape[0] === 'string', size: typeof shape[2] === 'string' };
  }

  const takesBatch = () => agree(infer(2, height, width), base, [2, 1, 1]);
  let batch = takesBatch();
  if (!batch) {
    const undo = freeReshapes(graph);
    batch = takesBatch();
    if (!batch) undo();
  }
  const [down, across] = [(height + STEP) / height, (width + 2 * STEP) / width];
  const size = agree(infer(1, height + STEP, width + 2 * STEP), base, [1, down, across]);

  const free = (axis: number, fallback: string, may: boolean) => {
    const extent = shape[axis]!;
    return may && (extent === '' || typeof extent === 'number') ? fallback : extent;
  };
  const input = graph.inputs.find((value) => value.name === name)!;
  const batchAxis = free(0, 'batch', batch);
  input.setType(input.type ?? 'float32', [
    batchAxis,
    channelsOf(shape),
    free(2, 'height', size),
    free(3, 'width', size),
  ]);
  graph.outputs = graph.outputs.map((output, i) => {
    const [, channels, ...grid] = base[i]!;
    const axes = grid.map((extent, axis) => (size ? `${output.name}_${axis}` : extent));
    return Value.tensor(output.name, output.type ?? 'float32', [batchAxis, channels!, ...axes]);
  });
  return { batch, size };
}

/** Shapes of all outputs, or nothing where they do not follow or do not fit together. */
function outputShapes(model: Model, input: number[]): (readonly number[])[] | undefined {
  try {
    const shapes = inferShapes(model, { [imageInput(model).name]: input });
    const found = model.graph.outputs.map((output) => shapes.get(output.name)?.shape);
    return found.every((shape) => shape !== undefined) ? found : undefined;
  } catch (error) {
    if (error instanceof OnnxError && error.code === 'E_ONNX_SHAPE') return undefined;
    throw error;
  }
}

/** True where every `[n, c, h, w]` grew by the factors, its grid up to one step at the border. */
function agree(
  found: (readonly number[])[] | undefined,
  base: (readonly number[])[],
  [n, h, w]: readonly [number, number, number],
): boolean {
  if (!found) return false;
  const factors = [n, 1, h, w];
  return found.every(
    (shape, i) =>
      shape.length === 4 &&
      shape.every(
        (extent, axis) => Math.abs(extent - base[i]![axis]! * factors[axis]!) <= (axis > 1 ? 1 : 0),
      ),
  );
}

/** Lets Reshapes to one image copy the number of images from their input instead. Returns how to undo it. */
function freeReshapes(graph: Graph): () => void {
  const before = new Map<Tensor, Uint8Array>();
  for (const node of graph.nodes) {
    const target = graph.initializers.get(node.inputs[1] ?? '');
    if (node.op !== 'Reshape' || target?.type !== 'int64' || node.int('allowzero', 0)) continue;
    const extents = target.data() as BigInt64Array;
    if (extents[0] !== 1n || extents.length < 2) continue;
    before.set(target, target.proto.rawData);
    extents[0] = 0n;
    target.proto.rawData = new Uint8Array(extents.buffer);
  }
  return () => {
    for (const [tensor, bytes] of before) tensor.proto.rawData = bytes;
  };
}
