import { type Dim, extractLayers, findStages, Model, type NetworkStages } from '@ad/onnx';
import { writeAtomically } from '../atomic.js';
import { sha256 } from '../digest.js';
import { inGraph } from './graph_error.js';
import { type ConventionGuess, guessConvention } from './guess_convention.js';
import { readBackbone } from './source.js';

/** An input or output as a file declares it; `undefined` shape: not even the rank. */
export interface Declared {
  name: string;
  shape: readonly Dim[] | undefined;
}

/** What {@link inspectBackbone} tells. */
export interface BackboneReport extends NetworkStages {
  name: string;
  bytes: number;
  sha256: string;
  producer: string;
  opset: number | undefined;
  operators: number;
  outputs: Declared[];
  /** What values the input wants: known for backbones that were added with it, else guessed. */
  convention: ConventionGuess & { guessed: boolean };
}

/**
 * Looks at a network's graph, without running it: stages, their cost, what its input wants.
 *
 * @param nameOrFile - as for Backbone.open
 * @throws AdError E_BACKBONE (unreadable, not ONNX), E_BACKBONE_LAYER (not one image input)
 *
 * @example
 * const { stages } = await inspectBackbone('resnet50.onnx');
 * console.log(stages.map(({ name, channels, stride, share }) => [name, channels, stride, share]));
 */
export async function inspectBackbone(nameOrFile: string): Promise<BackboneReport> {
  const source = await readBackbone(nameOrFile);
  return inGraph(source.name, () => {
    const model = Model.read(source.bytes);
    const { graph } = model;
    const convention = source.convention
      ? { convention: source.convention, reason: 'known with its name', guessed: false }
      : { ...guessConvention(model), guessed: true };
    return {
      name: source.name,
      bytes: source.bytes.length,
      sha256: source.sha256,
      producer: model.producer,
      opset: model.opset(),
      operators: graph.nodes.length,
      outputs: graph.outputs.map(({ name, shape }) => ({ name, shape })),
      convention,
      ...findStages(model),
    };
  });
}

/** Before and after. */
export interface Saving {
  before: number;
  after: number;
}

/** What {@link cutBackbone} did. */
export interface CutReport {
  file: string;
  sha256: string;
  layers: { name: string; tensor: string; channels: number | undefined; stride: number | undefined }[];
  bytes: Saving;
  operators: Saving;
  /** Floating-point operations for one image of the input's size. */
  flops: Saving;
  /** Whether the cut file takes any number of images, and images of any size. */
  free: { batch: boolean; size: boolean };
}

/**
 * Writes the part of a network that makes some layers as a file of its own. Features are those of the whole network, bit
 * for bit.
 *
 * @param layers - as for Backbone.open
 * @throws AdError E_BACKBONE, E_BACKBONE_LAYER, E_WRITE
 *
 * @example
 * await cutBackbone('wide_resnet50_2.onnx', ['layer2', 'layer3'], 'wrn50-layer23.onnx');
 */
export async function cutBackbone(
  nameOrFile: string,
  layers: readonly string[],
  file: string,
): Promise<CutReport> {
  const source = await readBackbone(nameOrFile);
  const { report, bytes } = inGraph(source.name, () => {
    const model = Model.read(source.bytes);
    const operators = { before: model.graph.nodes.length, after: 0 };
    const before = findStages(model).flops;
    const cut = extractLayers(model, layers);
    operators.after = cut.model.graph.nodes.length;
    const bytes = cut.model.write();
    const report: CutReport = {
      file,
      sha256: sha256(bytes),
      layers: cut.layers.map(({ name, tensor, channels, stride }) => ({ name, tensor, channels, stride })),
      bytes: { before: source.bytes.length, after: bytes.length },
      operators,
      flops: { before, after: cut.flops },
      free: cut.free,
    };
    return { report, bytes };
  });
  await writeAtomically(file, bytes);
  return report;
}
