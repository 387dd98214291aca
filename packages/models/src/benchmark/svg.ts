/** One curve: points in the order of x. */
export interface Curve {
  name: string;
  points: { x: number; y: number /** Half the height of its error bar. */; deviation?: number | null }[];
}

export interface PlotOptions {
  title: string;
  xLabel: string;
  yLabel: string;
  curves: readonly Curve[];
}

const WIDTH = 760;
const HEIGHT = 440;
/** Between the axis and the first point, and after the last. */
const INSET = 16;
/** What is drawn as high as the picture at least: noise must not look like a mountain. */
const LEAST_SPAN = 0.05;
const FRAME = { left: 64, top: 48, right: 230, bottom: 56 };
/** Okabe and Ito's colours, which people with any colour vision can tell apart. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000', '#8c6d1f'];
const DASHES = ['', '6 3', '2 3', '8 3 2 3'];

/** Curves of shares, 0..1, over a logarithmic x axis as an SVG picture; each is named at the right, in the order of the last values. */
export function linePlot({ title, xLabel, yLabel, curves }: PlotOptions): string {
  const xs = [...new Set(curves.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const ys = curves.flatMap(({ points }) =>
    points.flatMap(({ y, deviation }) => [y - (deviation ?? 0), y + (deviation ?? 0)]),
  );
  const yAxis = niceAxis(Math.min(...ys), Math.min(1, Math.max(...ys)));
  const [low, high] = [Math.log(xs[0]!), Math.log(xs.at(-1)!)];
  const inner = { width: WIDTH - FRAME.left - FRAME.right, height: HEIGHT - FRAME.top - FRAME.bottom };
  const x = (value: number) =>
    round(
      FRAME.left +
        INSET +
        (inner.width - 2 * INSET) * (high > low ? (Math.log(value) - low) / (high - low) : 0.5),
    );
  const y = (value: number) =>
    round(FRAME.top + inner.height * (1 - (value - yAxis.low) / (yAxis.high - yAxis.low)));
  const right = FRAME.left + inner.width;
  const bottom = FRAME.top + inner.height;

  const grid = yAxis.ticks.map(
    (tick) =>
      `<path d="M${FRAME.left} ${y(tick)}H${right}" stroke="#ddd"/>` +
      `<text x="${FRAME.left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick.toFixed(yAxis.decimals)}</text>`,
  );
  const ticks = xs.map(
    (value) =>
      `<path d="M${x(value)} ${bottom}v5" stroke="#555"/>` +
      `<text x="${x(value)}" y="${bottom + 20}" text-anchor="middle">${value}</text>`,
  );
  const names = spread(
    curves.map(({ points }) => y(points.at(-1)!.y)),
    FRAME.top + 4,
    bottom,
    16,
  );
  const drawn = curves.map(({ name, points }, i) => {
    const colour = COLOURS[i % COLOURS.length]!;
    const dash = DASHES[Math.floor(i / COLOURS.length) % DASHES.length]!;
    const path = points.map((point, at) => `${at === 0 ? 'M' : 'L'}${x(point.x)} ${y(point.y)}`).join('');
    const bars = points.map(({ x: at, y: mean, deviation }) =>
      deviation
        ? `<path d="M${x(at)} ${y(mean - deviation)}V${y(Math.min(1, mean + deviation))}" stroke="${colour}" stroke-opacity=".5"/>`
        : '',
    );
    const dots = points.map(
      (point) => `<circle cx="${x(point.x)}" cy="${y(point.y)}" r="3" fill="${colour}"/>`,
    );
    const last = points.at(-1)!;
    return (
      `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"${dash && ` stroke-dasharray="${dash}"`}/>` +
      `${bars.join('')}${dots.join('')}` +
      `<path d="M${x(last.x) + 5} ${y(last.y)}L${right + 14} ${names[i]}" stroke="${colour}" stroke-opacity=".4"/>` +
      `<text x="${right + 18}" y="${names[i]! + 4}" fill="${colour}">${escaped(name)}</text>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="Inter, Helvetica, Arial, sans-serif" font-size="12" fill="#333">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${FRAME.left}" y="26" font-size="15" font-weight="600" fill="#111">${escaped(title)}</text>`,
    ...grid,
    `<path d="M${FRAME.left} ${FRAME.top}V${bottom}H${right}" fill="none" stroke="#555"/>`,
    ...ticks,
    `<text x="${FRAME.left + inner.width / 2}" y="${HEIGHT - 12}" text-anchor="middle">${escaped(xLabel)}</text>`,
    `<text transform="translate(16 ${FRAME.top + inner.height / 2}) rotate(-90)" text-anchor="middle">${escaped(yLabel)}</text>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

/** Ticks at round numbers around a range. */
function niceAxis(low: number, high: number) {
  const bottom = Math.min(low, high - LEAST_SPAN);
  const span = high - bottom;
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!;
  const first = Math.floor(bottom / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return { low: first * step, high: last * step, ticks, decimals };
}

/** Moves labels apart that would overlap, within bounds, their order kept. */
function spread(wanted: readonly number[], top: number, bottom: number, gap: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const placed = [...wanted];
  let least = top;
  for (const i of order) {
    placed[i] = Math.max(wanted[i]!, least);
    least = placed[i]! + gap;
  }
  let most = bottom;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i]!, most);
    most = placed[i]! - gap;
  }
  return placed.map(round);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
