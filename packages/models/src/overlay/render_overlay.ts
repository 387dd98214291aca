import type { RgbImage } from '../image/index.js';
import type { Region } from '../model/prediction.js';
import { checkFinite, checkRange, checkSource } from './check.js';
import { colourBar, colourBarWidth } from './colour_bar.js';
import { composePng } from './compose.js';
import type { ScoreRange } from './heat.js';
import { layoutOverlay } from './layout.js';
import { legend, legendOf, legendWidth } from './legend.js';
import { paintPicture } from './picture.js';
import { verdictStrip, verdictWidth } from './verdict_strip.js';

/** What an overlay shows of one image. */
export interface OverlayOptions {
  image: RgbImage;
  /** `[height, width]` of the image, raw scores; NaN where nothing was inspected. */
  map: Float32Array;
  /** Regions of the map, outlined. */
  regions: readonly Region[];
  /** Raw image score. */
  score: number;
  /** The threshold of image scores, or null. */
  threshold: number | null;
  /** The verdict; null when there is none. */
  anomalous: boolean | null;
  /** Raw scores at the ends of the colour bar; at its low end and below, the image stays as it is. */
  range: ScoreRange;
  /** The threshold of map values, which the colour bar marks; by default that of image scores. */
  pixelThreshold?: number | null;
}

/**
 * The picture of a prediction for a person at the line: verdict, score and threshold above, the image with its heat and
 * the exact outline of each region, a colour bar in raw scores beside it, hatching where nothing was inspected. An
 * image below 480 pixels is enlarged by a whole factor, one above 1600 reduced.
 *
 * @returns the bytes of a PNG
 * @throws AdError E_SHAPE when the map is not of the image's size, E_ARGUMENT when a region is not of the map or the
 *   range is reversed, E_NOT_FINITE when a number is not finite
 * @example
 * const { score, anomalous, map, regions } = await model.predict('part.png');
 * const threshold = model.thresholds.image.value;
 * const png = await renderOverlay({
 *   image: await decodeImage('part.png'),
 *   map: map.data,
 *   regions,
 *   score,
 *   threshold,
 *   anomalous,
 *   range: { low: 0, high: 5 },
 * });
 * await writeFile('part.overlay.png', png);
 */
export async function renderOverlay(options: OverlayOptions): Promise<Buffer> {
  const { image, map, regions, range, threshold, pixelThreshold = threshold } = options;
  checkSource(options);
  checkRange(range);
  checkFinite('score', options.score);
  checkFinite('threshold', threshold);
  checkFinite('pixelThreshold', pixelThreshold);

  const barScale = { range, threshold: pixelThreshold };
  const entries = legendOf(regions.length, map.some(Number.isNaN));
  const layout = layoutOverlay(image, {
    strip: verdictWidth(options),
    legend: legendWidth(entries),
    bar: (height) => colourBarWidth(barScale, height),
  });
  const { unit, scale, picture } = layout;
  const { pixels, lines } = await paintPicture(options, { scale, unit, range });
  const drawing =
    verdictStrip(options, layout.strip, unit, layout.margin) +
    `<g transform="translate(${picture.left} ${picture.top})">${lines}</g>` +
    colourBar(barScale, layout.bar, unit) +
    legend(entries, layout.legend.x, layout.legend.y, unit);
  return composePng(layout.size, [{ pixels, left: picture.left, top: picture.top }], drawing);
}
