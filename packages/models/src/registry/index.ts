export { type AddOptions, addBackbone } from './add.js';
export { CATALOGUE, type CatalogueEntry } from './catalogue.js';
export { dataHome } from './home.js';
export { type PulledBackbone, type PullOptions, pullBackbone } from './pull.js';
export {
  type DamagedEntry,
  findBackbone,
  listBackbones,
  type RegisteredBackbone,
  registryFolder,
  removeBackbone,
} from './store.js';
