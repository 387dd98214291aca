export { decodeImage, headerOf, type ImageSource, type RgbImage } from './decode.js';
export { droppedShare, type Geometry, planGeometry } from './geometry.js';
export { type LoadedInput, loadInput } from './input.js';
export {
  decodeMask,
  isBlankMask,
  type LoadedDefect,
  loadDefect,
  loadMask,
  maskFiles,
  maskLevels,
} from './mask.js';
export { placeMap } from './place_map.js';
export {
  checkPreprocess,
  type PreprocessSettings,
  type Rect,
  type ResizeMode,
  type Size,
} from './settings.js';
export { type InputConvention, writeTensor } from './tensor.js';
