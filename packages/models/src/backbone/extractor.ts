import { AdError } from '@ad/core-native';
import { extractLayers, findStages, Model, OnnxError, type Value } from '@ad/onnx';
import type { LayerChoice } from './backbone.js';
import { graphError } from './graph_error.js';
import type { BackboneSource } from './source.js';

/** Strides that stages are named after: layer1 to layer4. */
const STRIDES = [4, 8, 16, 32];

/**
 * Makes sure that the wanted layers are outputs. A file that has them, or has feature maps where no names are given, stays
 * as it is. Of any other, a classifier for example, the graph is cut behind the layers.
 *
 * The digest stays the one of the file that was given: it says which file to bring where a model does not contain its
 * backbone, and the same layers are cut out of it again.
 *
 * @returns the source to run, and the outputs to take from it
 * @throws AdError E_BACKBONE_LAYER (the message lists outputs and stages), E_BACKBONE
 */
export function asExtractor(
  source: BackboneSource,
  wanted: readonly string[] | LayerChoice,
): { source: BackboneSource; wanted: readonly string[] | LayerChoice } {
  const unchanged = { source, wanted };
  const model = readable(source);
  // What cannot be read is left to onnxruntime, which says why.
  if (!model) return unchanged;
  try {
    const names = namesOf(wanted);
    const layers = names ? missingNames(model, names) : chosenStages(model, wanted as LayerChoice);
    if (!layers) return unchanged;
    const cut = extractLayers(model, layers);
    return {
      source: { ...source, bytes: cut.model.write() },
      wanted: cut.layers.map((layer) => layer.name),
    };
  } catch (error) {
    if (!(error instanceof OnnxError)) throw error;
    if (!namesOf(wanted)) return unchanged;
    throw missing(source.name, model, namesOf(wanted)!, error);
  }
}

/** Layer names; a list of numbers is a choice of strides. */
export function namesOf(layers: readonly string[] | LayerChoice): readonly string[] | undefined {
  const names = Array.isArray(layers) && layers.every((layer) => typeof layer === 'string');
  return names ? (layers as readonly string[]) : undefined;
}

function readable({ bytes }: BackboneSource): Model | undefined {
  try {
    const model = Model.read(bytes);
    model.graph.sorted();
    return model;
  } catch (error) {
    if (error instanceof OnnxError) return undefined;
    throw error;
  }
}

/** The names, unless all of them are outputs that are no lists of tokens. */
function missingNames({ graph }: Model, names: readonly string[]): readonly string[] | undefined {
  const found = names.map((name) => graph.outputs.find((output) => output.name === name));
  return found.every((output) => output && output.shape?.length !== 3) ? undefined : [...new Set(names)];
}

/** Stages that a choice stands for, unless the file gives feature maps itself. */
function chosenStages(model: Model, choice: LayerChoice): string[] | undefined {
  if (model.graph.outputs.some(isMap)) return undefined;
  const { stages, kind } = findStages(model);
  if (stages.length === 0) return undefined;
  const names = stages.map((stage) => stage.name);
  if (choice === 'all') return names;
  if (choice === 'deepest') return names.slice(-1);
  // A transformer has one stride: its quarters stand for the strides of other networks.
  const fits = stages.filter(({ stride }, i) =>
    choice.includes(kind === 'transformer' ? STRIDES[i]! : stride),
  );
  return fits.length > 0 ? fits.map((stage) => stage.name) : names;
}

/** True for a grid, and where the file does not say. */
function isMap({ shape, type }: Value): boolean {
  if (!shape) return true;
  return shape.length === 4 && (type ?? 'float32') === 'float32' && !(shape[2] === 1 && shape[3] === 1);
}

function missing(backbone: string, { graph }: Model, wanted: readonly string[], error: OnnxError): unknown {
  const outputs = graph.outputs.map((output) => output.name);
  const absent = wanted.find((name) => !outputs.includes(name));
  if (error.code !== 'E_ONNX_LAYER' || absent === undefined) return graphError(backbone, error);
  return new AdError(
    'E_BACKBONE_LAYER',
    `The backbone '${backbone}' has no output '${absent}'. It has: ${outputs.join(', ')}. ${error.message}`,
    `Name some of its outputs with --layers: ${outputs.join(', ')}; or a stage: 'ad backbone inspect FILE' shows them.`,
    { cause: error },
  );
}
