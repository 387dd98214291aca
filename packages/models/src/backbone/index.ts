export {
  Backbone,
  type BackboneOptions,
  type Device,
  type Features,
  type Layer,
  type LayerChoice,
  type Provider,
} from './backbone.js';
export type { ConventionGuess } from './guess_convention.js';
export {
  type BackboneReport,
  type CutReport,
  cutBackbone,
  type Declared,
  inspectBackbone,
  type Saving,
} from './inspect.js';
export { type BackboneSource, EMBEDDED_BACKBONE, readBackbone } from './source.js';
