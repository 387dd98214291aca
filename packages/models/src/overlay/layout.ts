import type { Rect, Size } from '../image/index.js';
import { pictureScale, scaledSize } from './picture.js';

/** Longer sides of the picture: below, it is enlarged by a whole factor, above, reduced. */
const LEAST_SIDE = 480;
const MOST_SIDE = 1600;
// At unit 1, in pixels.
const MARGIN = 16;
const STRIP = 68;
const FOOTER = 40;
const BAR_GAP = 14;
/** So that the colour bar of a low picture has room for its labels. */
const LEAST_HEIGHT = 200;

/** Where everything of an overlay stands. */
export interface OverlayLayout {
  /** Picture pixels per image pixel. */
  scale: number;
  /** What lengths and text sizes are multiplied with: 1 for small pictures, up to 2 for large ones. */
  unit: number;
  size: Size;
  margin: number;
  strip: Rect;
  picture: Rect;
  bar: Rect;
  /** Left end and middle of the legend. */
  legend: { x: number; y: number };
}

/** Widths at unit 1 that texts need; the bar's may depend on its height. */
export interface Needs {
  strip: number;
  legend: number;
  bar: (height: number) => number;
}

/** Lays an overlay out around a picture of the image, in whole pixels. Everything fits, whatever the image's shape. */
export function layoutOverlay(image: Size, needs: Needs): OverlayLayout {
  const scale = pictureScale(image, LEAST_SIDE, MOST_SIDE);
  const picture = scaledSize(image, scale);
  const unit = Math.min(2, Math.max(1, Math.max(picture.width, picture.height) / 640));
  const px = (length: number) => Math.ceil(length * unit);
  const [margin, strip] = [px(MARGIN), px(STRIP)];
  const height = Math.max(picture.height, px(LEAST_HEIGHT));
  const barWidth = px(needs.bar(height / unit));
  const beside = px(BAR_GAP) + barWidth;
  const content = Math.max(picture.width + beside, px(needs.strip), px(needs.legend));
  const width = content + 2 * margin;
  const top = strip + margin;
  return {
    scale,
    unit,
    margin,
    size: { width, height: top + height + px(FOOTER) },
    strip: { left: 0, top: 0, width, height: strip },
    picture: {
      left: margin + Math.floor((content - beside - picture.width) / 2),
      top: top + Math.floor((height - picture.height) / 2),
      ...picture,
    },
    bar: { left: width - margin - barWidth, top, width: barWidth, height },
    legend: { x: margin + px(2), y: top + height + px(FOOTER) / 2 },
  };
}
