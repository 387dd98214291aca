import type { Rect } from '../image/index.js';
import { type TextStyle, textPath, textWidth } from './font.js';
import { formatApart, formatScore } from './numbers.js';
import { THEME } from './theme.js';

/** What the strip says. */
export interface Verdict {
  score: number;
  threshold: number | null;
  anomalous: boolean | null;
}

const WHITE = '#ffffff';
// At unit 1, in pixels.
const ICON = 34;
const GAP = 12;
const FACT_GAP = 28;
const TITLE = { size: 28, weight: 'bold', fill: WHITE } as const;
const LABEL = { size: 12, weight: 'medium', fill: '#ffffffd0' } as const;
const VALUE = { size: 20, weight: 'bold', fill: WHITE } as const;

// Word and shape say the same as the colour, for those who do not see it and for grey print.
const LOOKS = {
  defect: {
    word: 'DEFECT',
    colour: THEME.defect,
    sign: 'M-7-17H7L17-7V7L7 17H-7L-17 7V-7z',
    mark: 'M-7-7L7 7M7-7L-7 7',
  },
  good: {
    word: 'GOOD',
    colour: THEME.good,
    sign: 'M-17 0A17 17 0 0 1 17 0A17 17 0 0 1-17 0z',
    mark: 'M-8 1L-2 7L8-6',
  },
  none: {
    word: 'NO VERDICT',
    colour: THEME.noVerdict,
    sign: 'M-15-15H15V15H-15z',
    mark: 'M-8 0H8',
  },
};

/** How wide the strip must be at unit 1, without margins. */
export function verdictWidth(verdict: Verdict): number {
  const facts = factsOf(verdict).reduce((sum, fact) => sum + FACT_GAP + factWidth(fact), 0);
  return ICON + GAP + textWidth(looksOf(verdict).word, TITLE) + facts;
}

/** The strip with sign and word at the left, score and threshold at the right, as an SVG fragment. */
export function verdictStrip(
  verdict: Verdict,
  { left, top, width, height }: Rect,
  unit: number,
  margin: number,
): string {
  const { word, colour, sign, mark } = looksOf(verdict);
  const middle = top + height / 2;
  const start = left + margin + (ICON / 2) * unit;
  let svg = `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${colour}"/>`;
  svg += `<g transform="translate(${start} ${middle}) scale(${unit})"><path d="${sign}" fill="${WHITE}"/>`;
  svg += `<path d="${mark}" fill="none" stroke="${colour}" stroke-width="5"/></g>`;
  svg += textPath(word, start + (ICON / 2 + GAP) * unit, middle, scaled(TITLE, unit));
  let x = left + width - margin;
  for (const fact of factsOf(verdict).reverse()) {
    x -= factWidth(fact) * unit;
    svg += textPath(fact.label, x, middle - 14 * unit, scaled(LABEL, unit));
    svg += textPath(fact.value, x, middle + 9 * unit, scaled(VALUE, unit));
    x -= FACT_GAP * unit;
  }
  return svg;
}

interface Fact {
  label: string;
  value: string;
}

function factsOf({ score, threshold }: Verdict): Fact[] {
  if (threshold === null) return [{ label: 'score', value: formatScore(score) }];
  const [value, limit] = formatApart(score, threshold);
  return [
    { label: 'score', value },
    { label: 'threshold', value: limit },
  ];
}

function factWidth({ label, value }: Fact): number {
  return Math.max(textWidth(label, LABEL), textWidth(value, VALUE));
}

function looksOf({ anomalous }: Verdict) {
  return LOOKS[anomalous === null ? 'none' : anomalous ? 'defect' : 'good'];
}

function scaled(style: TextStyle, unit: number): TextStyle {
  return { ...style, size: style.size * unit };
}
