import { AdError } from '@ad/core-native';
import { checkFinite, checkRange, checkSource } from './check.js';
import { colourBar, colourBarWidth } from './colour_bar.js';
import { composePng } from './compose.js';
import { shortened, textPath } from './font.js';
import type { ScoreRange } from './heat.js';
import { type PictureSource, paintPicture } from './picture.js';
import { layoutSheet } from './sheet_layout.js';
import { THEME } from './theme.js';

/** One picture of a contact sheet: an image as it is, or with the heat of its map, or with outlines. */
export interface Tile extends PictureSource {
  /** A line below it, shortened to the tile's width. */
  caption?: string;
}

/** How a contact sheet is laid out. */
export interface ContactSheetOptions {
  columns: number;
  /** Longest side of a picture in pixels, 64 to 1024, default 256. */
  tileSize?: number;
  /** One line above each column. */
  headings?: readonly string[];
  /** Raw scores at the ends of the one colour bar, needed when a tile has a map: equal colours are equal scores. */
  range?: ScoreRange;
  /** The threshold of map values, marked on the colour bar. */
  threshold?: number | null;
}

const CAPTION = { size: 14, weight: 'medium', fill: THEME.text, anchor: 'middle' } as const;
const HEADING = { size: 15, weight: 'bold', fill: THEME.text, anchor: 'middle' } as const;

/**
 * Many images in one picture, row by row, each with its caption.
 *
 * @returns the bytes of a PNG
 * @throws AdError E_ARGUMENT, E_SHAPE, E_NOT_FINITE as `renderOverlay`
 * @example
 * const tiles = [{ image }, { image, map }, { image, mask, caption: 'scratch' }];
 * const headings = ['image', 'anomaly map', 'ground truth'];
 * const png = await renderContactSheet(tiles, { columns: 3, headings, range: { low: 1, high: 4 } });
 */
export async function renderContactSheet(
  tiles: readonly Tile[],
  options: ContactSheetOptions,
): Promise<Buffer> {
  check(tiles, options);
  const { columns, tileSize = 256, headings = [], threshold = null } = options;
  const barScale = options.range && tiles.some(({ map }) => map) ? { range: options.range, threshold } : null;
  const layout = layoutSheet(
    tiles.map(({ image }) => image),
    {
      columns,
      tileSize,
      headings: headings.length > 0,
      captions: tiles.some(({ caption }) => caption),
      barWidth: barScale && ((height) => colourBarWidth(barScale, height)),
    },
  );
  const { unit, cells } = layout;
  const captionStyle = { ...CAPTION, size: CAPTION.size * unit };
  const headingStyle = { ...HEADING, size: HEADING.size * unit };
  const line = (
    text: string,
    { x, y }: { x: number; y: number },
    style: typeof captionStyle | typeof headingStyle,
  ) => textPath(shortened(text, tileSize, style), x, y, style);

  let drawing = headings.map((heading, i) => line(heading, layout.headings[i]!, headingStyle)).join('');
  const pictures = [];
  for (const [i, tile] of tiles.entries()) {
    const { scale, picture, caption } = cells[i]!;
    const range = options.range ?? { low: 0, high: 0 };
    const { pixels, lines } = await paintPicture(tile, { scale, unit: 0.75 * unit, range });
    pictures.push({ pixels, left: picture.left, top: picture.top });
    drawing += `<g transform="translate(${picture.left} ${picture.top})">${lines}</g>`;
    if (tile.caption) drawing += line(tile.caption, caption, captionStyle);
  }
  if (barScale && layout.bar) drawing += colourBar(barScale, layout.bar, unit);
  return composePng(layout.size, pictures, drawing);
}

function check(
  tiles: readonly Tile[],
  { columns, tileSize = 256, headings, range, threshold = null }: ContactSheetOptions,
): void {
  const wrong = (message: string) => new AdError('E_ARGUMENT', message);
  if (tiles.length === 0) throw wrong('There are no tiles; expected at least one.');
  if (!Number.isInteger(columns) || columns < 1)
    throw wrong(`columns is ${columns}; expected a whole number from 1.`);
  if (!Number.isInteger(tileSize) || tileSize < 64 || tileSize > 1024) {
    throw wrong(`tileSize is ${tileSize}; expected a whole number from 64 to 1024.`);
  }
  if (headings && headings.length !== columns) {
    throw wrong(`There are ${headings.length} headings for ${columns} columns; expected one for each.`);
  }
  if (!range && tiles.some(({ map }) => map))
    throw wrong('A tile has a map, but there is no range for its heat.');
  for (const tile of tiles) checkSource(tile);
  if (range) checkRange(range);
  checkFinite('threshold', threshold);
}
