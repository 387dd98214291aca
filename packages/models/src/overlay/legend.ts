import { textPath, textWidth } from './font.js';
import { casedLine } from './outline.js';
import { THEME } from './theme.js';

const TEXT = { size: 14, weight: 'medium', fill: THEME.faint } as const;
// At unit 1, in pixels.
const SAMPLE = 14;
const GAP = 8;
const NEXT = 26;

/** What the lines and stripes on a picture mean. */
export interface LegendEntry {
  sample: 'region' | 'rim';
  text: string;
}

/** The entries that explain a picture. */
export function legendOf(regions: number, hasRim: boolean): LegendEntry[] {
  const count = regions === 0 ? 'no regions' : regions === 1 ? '1 region' : `${regions} regions`;
  const entries: LegendEntry[] = [{ sample: 'region', text: count }];
  if (hasRim) entries.push({ sample: 'rim', text: 'not inspected' });
  return entries;
}

/** How wide the entries are beside each other at unit 1. */
export function legendWidth(entries: readonly LegendEntry[]): number {
  return entries.reduce(
    (sum, { text }, i) => sum + (i > 0 ? NEXT : 0) + SAMPLE + GAP + textWidth(text, TEXT),
    0,
  );
}

/** The entries from x to the right, centred on y, as an SVG fragment. */
export function legend(entries: readonly LegendEntry[], x: number, y: number, unit: number): string {
  const text = { ...TEXT, size: TEXT.size * unit };
  const side = SAMPLE * unit;
  let [svg, left] = ['', x];
  for (const entry of entries) {
    const box = `M${left} ${y - side / 2}h${side}v${side}h${-side}z`;
    svg += entry.sample === 'region' ? casedLine(box, THEME.region, unit) : hatched(box, left, y, unit);
    svg += textPath(entry.text, left + side + GAP * unit, y, text);
    left += (SAMPLE + GAP + NEXT) * unit + textWidth(entry.text, text);
  }
  return svg;
}

/** A box with two stripes, as the rim looks on a mid-grey part. */
function hatched(box: string, left: number, y: number, unit: number): string {
  const half = (SAMPLE / 2) * unit;
  const stripes = `M${left} ${y}l${half} ${-half}M${left} ${y + half}l${2 * half} ${-2 * half}M${left + half} ${y + half}l${half} ${-half}`;
  return `<path d="${box}" fill="#626262"/><path d="${stripes}" stroke="#a2a2a2" stroke-width="${2 * unit}"/>`;
}
