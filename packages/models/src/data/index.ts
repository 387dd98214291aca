export { LAYOUT_NAMES, listCategories, openDataset } from './dataset.js';
export { listImages } from './files.js';
export { type DataReport, inspectData, type Problem } from './inspect/index.js';
export type { Dataset, ReadOptions, Sample, Split } from './sample.js';
