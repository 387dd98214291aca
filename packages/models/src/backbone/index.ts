export {
  Backbone,
  type BackboneOptions,
  type Device,
  type Features,
  type Layer,
  type LayerChoice,
  type Provider,
} from './backbone.js';
export { type BackboneSource, EMBEDDED_BACKBONE, readBackbone } from './source.js';
