import { AdError } from '@ad/core-native';
import { Model } from '@ad/onnx';
import { AUTODIFF_OPSET } from '@ad/onnx/autodiff';
import type { AnomalyModel } from '../model/model.js';
import { join } from './join.js';
import { addMapNodes } from './map_nodes.js';

/** Names of what goes in and comes out. */
const IMAGE = 'image';
const MAP = 'anomaly_map';
const SCORE = 'score';

/**
 * A trained model as one ONNX file that any runtime runs without this toolkit: the pre-processed image `image`
 * `[n, 3, h, w]` in, the anomaly map `anomaly_map` `[n, 1, h, w]` and the raw image score `score` `[n]` out, as
 * `predict` gives them up to rounding. Pre-processing, the convention of the pixels and thresholds are its metadata.
 *
 * @throws AdError E_ARGUMENT where the model's method is no network, E_BACKBONE where the backbone cannot be joined
 * @example
 * const model = await AnomalyModel.load('bottle.ad');
 * await (exportOnnx(model)).save('bottle.onnx');
 */
export function exportOnnx(model: AnomalyModel): Model {
  const { network } = model.fitted;
  if (!network) {
    throw new AdError(
      'E_ARGUMENT',
      `A model of ${model.methodName} is no network: it cannot be exported as ONNX.`,
      'Methods that train can: fit with --method stfpm, dfr or ulsad.',
    );
  }
  const { bytes } = model.backbone.source;
  const backbone = Model.read(bytes);
  const trained = Model.read(network).graph;
  const exported = Model.create({ opset: Math.max(AUTODIFF_OPSET, backbone.opset() ?? 0), producer: 'ad' });
  const { graph } = exported;
  // The network knows the size that it was trained on.
  const { input } = model.fitted.state as unknown as { input: [number, number] };
  const size = { height: input[0], width: input[1] };
  const axes = [size.height, size.width];
  graph.input(IMAGE, 'float32', [model.backbone.singleImage ? 1 : 'n', 3, ...axes]);
  const features = join(graph, bytes, 'backbone/', { [backbone.graph.dataInputs[0]!.name]: IMAGE });
  const layers = model.backbone.layers.map(({ name }) => features(name));
  const inputs = trained.inputs.map(({ name }) => name);
  const sources = inputs.length > layers.length ? [IMAGE, ...layers] : layers;
  const given = Object.fromEntries(inputs.map((name, i) => [name, sources[i]!]));
  const scores = join(graph, network, 'network/', given)(trained.outputs[0]!.name);
  const map = addMapNodes(graph, scores, size, model.recipe.map);
  graph.add('Identity', [map], {}, { outputs: [MAP] });
  const all = graph.constant('int64', [3], [1, 2, 3], 'all_axes');
  graph.add('ReduceMax', [MAP, all], { keepdims: 0 }, { outputs: [SCORE] });
  const batch = model.backbone.singleImage ? 1 : 'n';
  graph.output(MAP, 'float32', [batch, 1, ...axes]);
  graph.output(SCORE, 'float32', [batch]);
  const { convention } = model.backbone;
  exported.setMetadata('ad.method', model.methodName);
  exported.setMetadata('ad.preprocess', JSON.stringify({ ...model.recipe.preprocess, convention }));
  exported.setMetadata('ad.thresholds', JSON.stringify(model.thresholds));
  return exported;
}
