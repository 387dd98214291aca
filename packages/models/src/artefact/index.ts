export { type Artefact, loadArtefact, readDescription, readManifest, saveArtefact } from './artefact.js';
export { type EnsembleManifest, loadEnsemble, saveEnsemble } from './ensemble.js';
export { checkWritable } from './folder.js';
export { type Manifest, SCHEMA_VERSION, type Threshold } from './manifest.js';
export { type FileDigest, readSafetensors, type Tensor, writeSafetensors } from './safetensors.js';
