import { OnnxError } from '../errors.js';
import type { Graph } from '../graph.js';
import type { Model } from '../model.js';
import { capturedNames } from '../order.js';
import { inferShapes } from '../shapes/infer.js';
import type { Known } from '../shapes/known.js';
import { flopsOf } from '../stages/cost.js';
import { channelsOf, findStages } from '../stages/find_stages.js';
import { type Grid, gridOf } from '../stages/grid.js';
import type { NetworkStages } from '../stages/stage.js';
import { Value } from '../value.js';
import { cutModel } from './cut_model.js';
import { type FreeAxes, freeAxes } from './free_axes.js';

/** A layer that was asked for, as it was found. */
export interface ExtractedLayer extends Partial<Grid> {
  /** Name of the output that gives it. */
  name: string;
  /** The tensor of the whole graph that it is. */
  tensor: string;
}

/** What {@link extractLayers} makes. */
export interface Extraction {
  /** Its outputs are the layers, each `[n, c, h, w]`, in the order asked for. */
  model: Model;
  layers: ExtractedLayer[];
  free: FreeAxes;
  /** Floating-point operations for one image of the size that the whole network was looked at with. */
  flops: number;
}

/**
 * Makes a feature extractor out of an image network: cuts it behind the wanted layers, turns lists of tokens and grids
 * with channels last into `[n, c, h, w]`, and frees the number and the size of images where that is allowed. The
 * features are those of the whole network, bit for bit.
 *
 * @param wanted - `layer1` to `layer4` or `block1` ... ({@link findStages}), strides (`8`), or names of tensors
 * @throws OnnxError E_ONNX_LAYER for a layer that is not there (the message lists those that are), E_ONNX_GRAPH,
 * E_ONNX_SHAPE
 *
 * @example
 * const { model } = extractLayers(await Model.load('wide_resnet50_2.onnx'), ['layer2', 'layer3']);
 * await model.save('wrn50-layer23.onnx');
 */
export function extractLayers(model: Model, wanted: readonly string[]): Extraction {
  const found = findStages(model);
  const { name, shape, height, width } = found.input;
  const shapes = inferShapes(model, { [name]: [1, channelsOf(shape), height, width] });
  const layers = resolveLayers(model.graph, found, shapes, wanted);
  const cut = cutModel(
    model,
    layers.map((layer) => layer.tensor),
  );
  const flops = cut.graph.nodes.reduce((sum, node) => sum + flopsOf(node, shapes), 0);
  for (const layer of layers) expose(cut.graph, layer, found);
  cut.graph.outputs = layers.map(({ name, channels = '' }) => {
    const declared = cut.graph.outputs.find((output) => output.name === name);
    return declared ?? Value.tensor(name, 'float32', ['', channels, '', '']);
  });
  return { model: cut, layers, free: freeAxes(cut), flops };
}

/** The layers that names stand for: outputs of the file first, then stages, blocks, strides, tensors. */
function resolveLayers(
  graph: Graph,
  found: NetworkStages,
  shapes: ReadonlyMap<string, Known>,
  wanted: readonly string[],
): ExtractedLayer[] {
  if (wanted.length === 0) throw new OnnxError('E_ONNX_LAYER', 'No layer was named.');
  const { input, patches } = found;
  const made = graph.producers();
  const raw = (name: string): ExtractedLayer => ({
    name,
    tensor: name,
    ...gridOf(shapes.get(name), input, patches),
  });
  const layers = wanted.map((name) => {
    if (graph.outputs.some((output) => output.name === name)) return raw(name);
    const places = [...found.stages, ...found.blocks];
    const stage =
      places.find((place) => place.name === name) ??
      found.stages.findLast((place) => /^\d+$/.test(name) && place.stride === Number(name));
    if (stage) return stage;
    if (made.has(name)) return raw(name);
    const names =
      found.blocks.length > 0
        ? [...found.stages.map((s) => s.name), `block1..${found.blocks.length}`]
        : found.stages.map((s) => `${s.name} (stride ${s.stride})`);
    throw new OnnxError(
      'E_ONNX_LAYER',
      `The network has no layer '${name}'. It has: ${names.join(', ') || 'no stages'}, and ${made.size} tensors by name.`,
      'Name stages, strides, or tensors of the graph.',
    );
  });
  for (const [i, { tensor }] of layers.entries()) {
    const twin = layers.findIndex((other) => other.tensor === tensor);
    if (twin === i) continue;
    throw new OnnxError(
      'E_ONNX_LAYER',
      `The layers '${wanted[twin]}' and '${wanted[i]}' are the same tensor.`,
    );
  }
  return layers;
}

/** Makes the layer an output under its name, `[n, c, h, w]`. */
function expose(graph: Graph, layer: ExtractedLayer, { patches, input }: NetworkStages): void {
  const { name, tensor, layout = 'nchw', channels, height, width, prefix = 0 } = layer;
  if (layout === 'nchw' && name === tensor) return;
  const taken = graph.initializers.has(name) || graph.nodes.some((node) => node.outputs.includes(name));
  const other = graph.fresh(`${name}_raw`);
  if (taken) graph.rename(name, other);
  // One that was asked for by its own name gives the name to the grid that is made of it.
  const from = name === tensor ? other : tensor;
  const outputs = [name];
  if (layout === 'nhwc') graph.add('Transpose', [from], { perm: [0, 3, 1, 2] }, { outputs });
  if (layout === 'nchw') {
    const captured = graph.nodes.some((node) => capturedNames(node).has(tensor));
    if (captured) graph.add('Identity', [tensor], {}, { outputs });
    else graph.rename(tensor, name);
  }
  if (layout !== 'tokens') return;
  const ints = (...values: number[]) => graph.constant('int64', [values.length], values, `${name}_shape`);
  let tokens = from;
  if (prefix > 0) tokens = graph.add('Slice', [tokens, ints(prefix), ints(2 ** 31 - 1), ints(1)]);
  const rows = graph.add('Transpose', [tokens], { perm: [0, 2, 1] });
  const fixed = typeof input.shape[2] === 'number' && typeof input.shape[3] === 'number';
  const free = !fixed && patches?.layout === 'nchw' && patches.height === height;
  const target = free
    ? graph.add(
        'Concat',
        [ints(0, channels!), graph.add('Slice', [graph.add('Shape', [patches.tensor]), ints(2), ints(4)])],
        { axis: 0 },
      )
    : ints(0, channels!, height!, width!);
  graph.add('Reshape', [rows, target], {}, { outputs });
}
