import type { Rect, Size } from '../image/index.js';
import { pictureScale, scaledSize } from './picture.js';

// At unit 1, in pixels.
const MARGIN = 16;
const GAP = 12;
const HEADING = 34;
const CAPTION = 28;
/** The colour bar is as high as this many tiles at most. */
const BAR_TILES = 2;
const BAR_GAP = 14;

/** Where everything of a contact sheet stands. */
export interface SheetLayout {
  unit: number;
  size: Size;
  /** One per tile: its picture, and its cell's middle for the caption below. */
  cells: { scale: number; picture: Rect; caption: { x: number; y: number } }[];
  /** One per column. */
  headings: { x: number; y: number }[];
  bar: Rect | null;
}

/** What a sheet has beside its pictures; `barWidth` at unit 1 for a height at unit 1. */
export interface SheetParts {
  columns: number;
  tileSize: number;
  headings: boolean;
  captions: boolean;
  barWidth: ((height: number) => number) | null;
}

/** Lays images out in a grid of square cells, row by row; a row is as high as its highest picture. */
export function layoutSheet(images: readonly Size[], parts: SheetParts): SheetLayout {
  const { columns, tileSize } = parts;
  const unit = Math.min(2, Math.max(1, tileSize / 256));
  const px = (length: number) => Math.ceil(length * unit);
  const [margin, gap] = [px(MARGIN), px(GAP)];
  const top = margin + (parts.headings ? px(HEADING) - margin / 2 : 0);
  const lefts = Array.from({ length: columns }, (_, i) => margin + i * (tileSize + gap));

  const cells: SheetLayout['cells'] = [];
  let y = top;
  for (let first = 0; first < images.length; first += columns) {
    const row = images.slice(first, first + columns).map((image) => {
      const scale = pictureScale(image, tileSize, tileSize);
      return { scale, ...scaledSize(image, scale) };
    });
    const height = Math.max(...row.map((picture) => picture.height));
    row.forEach(({ scale, ...picture }, column) => {
      const left = lefts[column]! + Math.floor((tileSize - picture.width) / 2);
      const caption = { x: lefts[column]! + tileSize / 2, y: y + height + px(CAPTION) / 2 };
      cells.push({
        scale,
        caption,
        picture: { left, top: y + Math.floor((height - picture.height) / 2), ...picture },
      });
    });
    y += height + (parts.captions ? px(CAPTION) : 0) + gap;
  }
  const right = margin + columns * (tileSize + gap) - gap;
  const bottom = y - gap;
  const barHeight = Math.max(px(160), Math.min(bottom - top, BAR_TILES * tileSize));
  const barWidth = parts.barWidth ? px(parts.barWidth(barHeight / unit)) : 0;
  return {
    unit,
    size: {
      width: right + (barWidth > 0 ? px(BAR_GAP) + barWidth : 0) + margin,
      height: Math.max(bottom, barWidth > 0 ? top + barHeight : 0) + margin,
    },
    cells,
    headings: lefts.map((left) => ({ x: left + tileSize / 2, y: top / 2 + px(2) })),
    bar: barWidth > 0 ? { left: right + px(BAR_GAP), top, width: barWidth, height: barHeight } : null,
  };
}
