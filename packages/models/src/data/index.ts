export { openDataset } from './dataset.js';
export { listImages } from './files.js';
export type { Dataset, Sample } from './sample.js';
