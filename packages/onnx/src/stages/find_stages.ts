import { OnnxError } from '../errors.js';
import type { Model } from '../model.js';
import { inferShapes } from '../shapes/infer.js';
import type { Known } from '../shapes/known.js';
import { flopsOf } from './cost.js';
import { type Grid, gridOf, type InputSize } from './grid.js';
import { receptiveFields } from './receptive_field.js';
import type { NetworkStages, Stage } from './stage.js';
import { mainOutput, type TrunkTensor, trunkOf } from './trunk.js';

/** What the network is looked at with where its file leaves the size free. */
const FREE_SIZE = 224;
const STRIDES = [4, 8, 16, 32];

/** A trunk tensor with a grid. */
interface Place extends Grid {
  tensor: string;
  /** Floating-point operations up to here. */
  flops: number;
  /** Tokens have been mixed by attention since the place before. */
  attention: boolean;
}

/**
 * Finds the stages of an image network by following its graph; names mean nothing. A stage ends at the last tensor of its
 * stride that every way through the network passes: behind the sum of a residual block, before the pooling or the strided
 * convolution that begins the next. A transformer's block ends before the next attention.
 *
 * @throws OnnxError E_ONNX_LAYER when the graph is not one of an image network, E_ONNX_GRAPH, E_ONNX_SHAPE
 *
 * @example
 * const { stages } = findStages(await Model.load('resnet50.onnx'));
 * stages.map(({ name, channels, stride }) => `${name}: ${channels} channels, stride ${stride}`);
 */
export function findStages(model: Model): NetworkStages {
  const input = imageInput(model);
  const { graph } = model;
  const shapes = inferShapes(model, {
    [input.name]: [1, channelsOf(input.shape), input.height, input.width],
  });
  const output = mainOutput(graph);
  const trunk = trunkOf(graph, output);
  const patches = patchEmbedding(trunk, shapes, input);
  const places = placesOf(trunk, shapes, input, patches);
  const nodes = trunk.flatMap((step) => step.nodes);
  const reach = receptiveFields(graph.sorted(), [input.name], shapes);
  const flops = nodes.reduce((sum, node) => sum + flopsOf(node, shapes), 0);

  const describe = (chosen: { name: string; place: Place }[]): Stage[] =>
    chosen.map(({ name, place: { flops: upTo, attention: _, ...grid } }, i) => {
      const before = chosen[i - 1]?.place.flops ?? 0;
      const receptiveField = reach.get(grid.tensor)!;
      const { pixels, global } = receptiveField;
      const share = (part: number) => (flops > 0 ? part / flops : 0);
      const shares = { share: share(upTo - before), cumulativeShare: share(upTo) };
      return { name, ...grid, ...shares, receptiveField: { pixels, global } };
    });

  const ends = blockEnds(places);
  const transformer = patches !== undefined && ends.length >= 4;
  const blocks = ends.map((place, i) => ({ name: `block${i + 1}`, place }));
  const chosen = transformer
    ? [1, 2, 3, 4].map((i) => ({ name: `layer${i}`, place: ends[Math.round((ends.length * i) / 4) - 1]! }))
    : STRIDES.flatMap((stride, i) => {
        const place = places.findLast((found) => found.stride === stride);
        return place ? [{ name: `layer${i + 1}`, place }] : [];
      });
  return {
    kind: transformer ? 'transformer' : 'convolutional',
    input,
    stages: describe(chosen),
    blocks: transformer ? describe(blocks) : [],
    patches: transformer ? patches : undefined,
    flops,
  };
}

/** The one input `[n, c, h, w]`. */
export function imageInput({ graph }: Model): NetworkStages['input'] {
  const [input, ...others] = graph.dataInputs;
  const shape = input?.shape;
  if (!input || others.length > 0 || shape?.length !== 4) {
    const found = graph.dataInputs.map(({ name, shape = [] }) => `${name} [${shape.join(', ')}]`).join('; ');
    throw new OnnxError(
      'E_ONNX_LAYER',
      `The graph has the input ${found || '(none)'}; expected one image input [n, c, h, w].`,
    );
  }
  const extent = (dim: string | number | undefined) => (typeof dim === 'number' && dim > 0 ? dim : FREE_SIZE);
  return { name: input.name, shape, height: extent(shape[2]), width: extent(shape[3]) };
}

/** Channels that a shape declares, else three: colour. */
export function channelsOf(shape: NetworkStages['input']['shape']): number {
  const [, channels] = shape;
  return typeof channels === 'number' && channels > 0 ? channels : 3;
}

/** The last grid before the first list of tokens as long as it. */
function patchEmbedding(trunk: TrunkTensor[], shapes: ReadonlyMap<string, Known>, input: InputSize) {
  let grid: (Grid & { tensor: string }) | undefined;
  for (const { tensor } of trunk) {
    const known = shapes.get(tensor);
    const found = gridOf(known, input);
    if (found) grid = { ...found, tensor };
    else if (grid && gridOf(known, input, grid)) return grid;
  }
  return undefined;
}

function placesOf(
  trunk: TrunkTensor[],
  shapes: ReadonlyMap<string, Known>,
  input: InputSize,
  patches: Grid | undefined,
): Place[] {
  let [flops, attention] = [0, false];
  return trunk.flatMap(({ tensor, nodes }) => {
    for (const node of nodes) flops += flopsOf(node, shapes);
    attention ||= nodes.some(({ op }) => op === 'Softmax' || op.endsWith('Attention'));
    const grid = gridOf(shapes.get(tensor), input, patches);
    if (!grid) return [];
    const place = { ...grid, tensor, flops, attention };
    attention = false;
    return [place];
  });
}

/**
 * Of each block of a transformer the last place that does work before the next attention. What only normalises, behind
 * the last block, does none.
 */
function blockEnds(places: Place[]): Place[] {
  const ends: Place[] = [];
  let flops = 0;
  for (const place of places.filter(({ layout }) => layout === 'tokens')) {
    if (place.attention) ends.push(place);
    else if (ends.length > 0 && place.flops > flops) ends[ends.length - 1] = place;
    flops = place.flops;
  }
  return ends;
}
