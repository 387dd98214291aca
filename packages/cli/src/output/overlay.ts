import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type AnomalyMap, type AnomalyModel, decodeImage, type Prediction, renderOverlay } from '@ad/models';

/**
 * The colour bar in raw scores. With a threshold it runs from half of it to twice as high, so that equal colours mean
 * equal scores on every image of a model. Without one it spans the map.
 */
export function overlayRange(map: Float32Array, threshold: number | null): { low: number; high: number } {
  if (threshold !== null && threshold > 0) return { low: threshold / 2, high: 2 * threshold };
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of map) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

/** A prediction that says where. */
export type Located = Prediction & { map: AnomalyMap };

/** Whether there is anything to draw: methods that judge whole images give no map. */
export function isLocated(prediction: Prediction): prediction is Located {
  return prediction.map !== null;
}

/** Writes the picture of one prediction, with the folders on the way to it. */
export async function writeOverlay(
  file: string,
  path: string,
  prediction: Located,
  model: Pick<AnomalyModel, 'thresholds'>,
): Promise<void> {
  const png = await drawOverlay(path, prediction, model);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, png);
}

/** The picture of one prediction, a PNG. */
export async function drawOverlay(
  path: string,
  { map, regions, score, anomalous }: Located,
  { thresholds: { image, pixel } }: Pick<AnomalyModel, 'thresholds'>,
): Promise<Uint8Array> {
  return renderOverlay({
    image: await decodeImage(path),
    map: map.data,
    regions,
    score,
    anomalous,
    threshold: image.value,
    pixelThreshold: pixel.value,
    range: overlayRange(map.data, pixel.value),
  });
}
