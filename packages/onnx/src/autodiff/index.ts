export { InferenceLayers, type Weights } from './inference_layers.js';
export type { LayerOptions, Layers, NormLayerOptions } from './layers.js';
export * from './ops/index.js';
export { adam, type Optimiser, sgd, type Update } from './optimisers.js';
export { replay } from './replay.js';
export { type Attributes, type Constant, type EmittedNode, sizeOf, Tape, Value, type Vjp } from './tape.js';
export { AUTODIFF_OPSET, type ToModelOptions, toModel } from './to_model.js';
export {
  fanInUniform,
  type Initialiser,
  kaimingFanOut,
  type StateTensor,
  TrainingLayers,
  xavierUniform,
} from './training_layers.js';
export { lossGraph, type TrainingStep, trainingStep } from './training_step.js';
