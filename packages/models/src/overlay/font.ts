import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import opentype, { type Font } from 'opentype.js';

/** How a line of text looks. Sizes are in pixels per em. */
export interface TextStyle {
  size: number;
  weight: keyof typeof FILES;
  fill: string;
  /** Which of its points stands at x. */
  anchor?: 'start' | 'middle' | 'end';
}

// Text becomes outlines of the font of a package: servers and containers often have no fonts, or other ones.
const FILES = {
  medium: '@fontsource/inter/files/inter-latin-500-normal.woff',
  bold: '@fontsource/inter/files/inter-latin-700-normal.woff',
};
/** Height of Inter's capitals and digits over its em. */
const CAP_HEIGHT = 1490 / 2048;
const ELLIPSIS = '…';

const fonts = new Map<string, Font>();

function fontOf(weight: keyof typeof FILES): Font {
  let font = fonts.get(weight);
  if (font === undefined) {
    const bytes = readFileSync(createRequire(import.meta.url).resolve(FILES[weight]));
    font = opentype.parse(Uint8Array.from(bytes).buffer);
    fonts.set(weight, font);
  }
  return font;
}

/** Width of a line of text in pixels. */
export function textWidth(text: string, { size, weight }: Pick<TextStyle, 'size' | 'weight'>): number {
  const font = fontOf(weight);
  // Glyph by glyph, since the reader's own layout refuses Inter's contextual substitutions.
  const units = [...text].reduce((sum, char) => sum + font.charToGlyph(char).advanceWidth!, 0);
  return (units * size) / font.unitsPerEm;
}

/**
 * A line of text as an SVG path, its capitals centred on y. A character that the font does not have is drawn as an
 * empty box.
 */
export function textPath(text: string, x: number, y: number, style: TextStyle): string {
  const font = fontOf(style.weight);
  const share = { start: 0, middle: 0.5, end: 1 }[style.anchor ?? 'start'];
  const baseline = y + (CAP_HEIGHT * style.size) / 2;
  let pen = x - share * textWidth(text, style);
  let data = '';
  for (const char of text) {
    const glyph = font.charToGlyph(char);
    data += glyph.getPath(pen, baseline, style.size).toPathData(2);
    pen += (glyph.advanceWidth! * style.size) / font.unitsPerEm;
  }
  return `<path fill="${style.fill}" d="${data}"/>`;
}

/** The text itself if it fits into `width` pixels, else as much of its beginning as does, with an ellipsis. */
export function shortened(text: string, width: number, style: Pick<TextStyle, 'size' | 'weight'>): string {
  if (textWidth(text, style) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(characters.join('') + ELLIPSIS, style) > width) characters.pop();
  return characters.join('').trimEnd() + ELLIPSIS;
}
