import { checkPreprocess, type PreprocessSettings, type Rect, type Size } from './settings.js';

/** How a model input lies in its original image. */
export interface Geometry {
  /** The upright original. */
  original: Size;
  /** The model's input. */
  input: Size;
  /** Where the whole resized image lies in the input; a crop makes `left` and `top` negative, padding positive. */
  placed: Rect;
  /** The part of the original whose pixel centres the input covers. */
  inspected: Rect;
}

/**
 * Where everything goes, by arithmetic alone. `shorter` truncates the longer side to whole pixels as torchvision
 * does; an odd rest is cropped one pixel more at the right and bottom.
 *
 * @throws AdError E_ARGUMENT when the crop does not fit
 * @example
 * planGeometry({ width: 900, height: 900 }, { resize: 'shorter', imageSize: 256, crop: 224 }).placed;
 * // { left: -16, top: -16, width: 256, height: 256 }
 */
export function planGeometry(original: Size, settings: PreprocessSettings): Geometry {
  checkPreprocess(settings);
  const resized = resizedSize(original, settings);
  const frame =
    settings.resize === 'pad' ? { width: settings.imageSize, height: settings.imageSize } : resized;
  const input = settings.crop === null ? frame : { width: settings.crop, height: settings.crop };
  const offset = (inner: number, outer: number, cropped: number) =>
    Math.floor((outer - inner) / 2) - Math.floor((outer - cropped) / 2);
  const placed = {
    left: offset(resized.width, frame.width, input.width),
    top: offset(resized.height, frame.height, input.height),
    ...resized,
  };
  const [left, width] = covered(original.width, resized.width, placed.left, input.width);
  const [top, height] = covered(original.height, resized.height, placed.top, input.height);
  return { original, input, placed, inspected: { left, top, width, height } };
}

/** The share of the original's area that the input does not cover, 0..1. */
export function droppedShare({ original, inspected }: Geometry): number {
  return 1 - (inspected.width * inspected.height) / (original.width * original.height);
}

function resizedSize({ width, height }: Size, { resize, imageSize }: PreprocessSettings): Size {
  if (resize === 'stretch') return { width: imageSize, height: imageSize };
  const reference = resize === 'shorter' ? Math.min(width, height) : Math.max(width, height);
  const side = (length: number) => Math.max(1, Math.trunc((imageSize * length) / reference));
  return { width: side(width), height: side(height) };
}

/** First original pixel whose centre falls into the input along one axis, and how many do. */
function covered(original: number, resized: number, offset: number, input: number): [number, number] {
  const scale = original / resized;
  const first = Math.max(0, Math.ceil(-offset * scale - 0.5));
  const end = Math.min(original, Math.ceil((input - offset) * scale - 0.5));
  return [first, Math.max(0, end - first)];
}
