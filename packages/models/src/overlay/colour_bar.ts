import type { Rect } from '../image/index.js';
import { inferno } from './colormap.js';
import { textPath, textWidth } from './font.js';
import { heatOpacity, heatShare, type ScoreRange } from './heat.js';
import { formatScore, formatTicks } from './numbers.js';
import { THEME } from './theme.js';
import { niceTicks } from './ticks.js';

// At unit 1, in pixels.
const BAR = 20;
const TICK = 6;
const MARK = 9;
const HEAD = 26;
const FOOT = 8;
const LABEL = { size: 13, weight: 'medium' } as const;
const LIMIT = { size: 13, weight: 'bold' } as const;
/** Between two labels, so that they do not touch. */
const LINE = 16;
/** Between two ticks. */
const TICK_SPACE = 36;

/** A range of raw scores and the threshold that is marked on it. */
export interface Scale {
  range: ScoreRange;
  threshold: number | null;
}

/** How wide a bar with its mark and labels is at unit 1, if it is `height` pixels high at unit 1. */
export function colourBarWidth(scale: Scale, height: number): number {
  const labels = ticksOf(scale, height).map(({ label }) => textWidth(label, LABEL));
  if (scale.threshold !== null) labels.push(textWidth(thresholdLabel(scale.threshold, scale.range), LIMIT));
  return MARK + BAR + TICK + 4 + Math.max(...labels);
}

/** The bar in a box, low scores at the bottom, with ticks at nice numbers and a mark at the threshold; an SVG fragment. */
export function colourBar(scale: Scale, box: Rect, unit: number): string {
  const { range, threshold } = scale;
  const x = box.left + MARK * unit;
  const width = BAR * unit;
  const top = box.top + HEAD * unit;
  const height = box.height - (HEAD + FOOT) * unit;
  const heightOf = (value: number) => top + height * (1 - heatShare(value, range));
  const right = x + width;
  const labelX = right + (TICK + 4) * unit;
  const label = { ...LABEL, size: LABEL.size * unit, fill: THEME.text };

  const place = `x="${x}" y="${top}" width="${width}" height="${height}"`;
  let svg = `<defs><linearGradient id="heat" x1="0" y1="1" x2="0" y2="0">${gradientStops()}</linearGradient></defs>`;
  svg += `<rect ${place} fill="${THEME.underHeat}"/><rect ${place} fill="url(#heat)"/>`;
  svg += textPath('score', x, box.top + 7 * unit, { ...label, fill: THEME.faint });

  const markY = threshold === null ? undefined : heightOf(threshold);
  for (const tick of ticksOf(scale, box.height / unit)) {
    const y = heightOf(tick.value);
    if (markY !== undefined && Math.abs(y - markY) < LINE * unit) continue;
    svg += `<path d="M${right} ${y}h${TICK * unit}" stroke="${THEME.text}" stroke-width="${unit}"/>`;
    svg += textPath(tick.label, labelX, y, label);
  }
  if (threshold === null || markY === undefined) return svg;
  const line = `M${x} ${markY}h${width + TICK * unit}`;
  svg += `<path d="${line}" stroke="${THEME.casing}" stroke-width="${4 * unit}"/>`;
  svg += `<path d="${line}" stroke="${THEME.text}" stroke-width="${2 * unit}"/>`;
  const arrow = `M${x - unit} ${markY}l${-MARK * unit} ${-6 * unit}v${12 * unit}z`;
  svg += `<path d="${arrow}" fill="${THEME.text}"/>`;
  return (
    svg + textPath(thresholdLabel(threshold, range), labelX, markY, { ...label, ...LIMIT, size: label.size })
  );
}

/** The heat as it looks on a picture: colours and opacities in even steps. */
function gradientStops(): string {
  const steps = 40;
  return Array.from({ length: steps + 1 }, (_, i) => {
    const share = i / steps;
    return `<stop offset="${share}" stop-color="rgb(${inferno(share)})" stop-opacity="${heatOpacity(share)}"/>`;
  }).join('');
}

function ticksOf({ range: { low, high } }: Scale, height: number): { value: number; label: string }[] {
  const most = Math.min(8, Math.max(2, Math.floor((height - HEAD - FOOT) / TICK_SPACE)));
  const values = niceTicks(low, high, most);
  const labels = formatTicks(values);
  return values.map((value, i) => ({ value, label: labels[i]! }));
}

/** The threshold, with an arrow to where it would be if it is not on the bar. */
function thresholdLabel(threshold: number, { low, high }: ScoreRange): string {
  const arrow = threshold > high ? '↑' : threshold < low ? '↓' : '';
  return arrow + formatScore(threshold);
}
