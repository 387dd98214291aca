// Draws docs/images/limits.svg from bench/results/limits.json: measured times beside physical limits, on a log scale.
import { readFileSync, writeFileSync } from 'node:fs';

const here = (path) => new URL(path, import.meta.url);
const { title, note, groups } = JSON.parse(readFileSync(here('results/limits.json'), 'utf8'));

const LEFT = 370;
const WIDTH = 960;
const ROW = 26;
const HEAD = 40;
const COLOURS = { ours: '#1f77b4', peer: '#9aa5b1', limit: '#d1495b' };

const text = (x, y, content, attributes = '') => `<text x="${x}" y="${y}" ${attributes}>${content}</text>`;
const shown = (ms) => (ms >= 1000 ? `${+(ms / 1000).toPrecision(3)} s` : `${+ms.toPrecision(3)} ms`);

let y = 64;
const parts = [];
for (const { name, bars } of groups) {
  const low = Math.min(...bars.map((bar) => bar.ms)) / 2;
  const high = Math.max(...bars.map((bar) => bar.ms));
  const length = (ms) => ((WIDTH - LEFT - 110) * Math.log(ms / low)) / Math.log(high / low);
  parts.push(text(16, y + 4, name, 'font-weight="bold"'));
  y += HEAD - 14;
  for (const { label, ms, kind } of bars) {
    const end = LEFT + length(ms);
    parts.push(text(LEFT - 10, y + 5, label, 'text-anchor="end"'));
    parts.push(
      kind === 'limit'
        ? `<line x1="${end}" x2="${end}" y1="${y - 9}" y2="${y + 9}" stroke="${COLOURS.limit}" stroke-width="3"/>`
        : `<rect x="${LEFT}" y="${y - 8}" width="${length(ms)}" height="16" fill="${COLOURS[kind]}"/>`,
    );
    parts.push(text(end + 8, y + 5, shown(ms)));
    y += ROW;
  }
  y += HEAD - 20;
}
const height = y + 20;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="14" fill="#1b1f24">
<title>${title}</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${text(16, 28, title, 'font-size="17" font-weight="bold"')}
${parts.join('\n')}
${text(16, height - 12, note, 'font-size="12" fill="#57606a"')}
</svg>
`;
writeFileSync(here('../docs/images/limits.svg'), svg);
