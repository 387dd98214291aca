import { addAll, type LabelledMap } from './labelled_map.js';
import { proArea } from './pro_area.js';
import type { MetricResult } from './result.js';
import { SplitMaps } from './split_maps.js';

/**
 * Area under the per-region-overlap curve: the mean over ground-truth regions (8-connected) of the share that is
 * found, against the false positive rate over all good pixels, integrated to `limit` and divided by it. Every distinct
 * score is a threshold; the value at the limit is interpolated.
 *
 * @param images - maps and masks `[height, width]`; a null mask is a good image
 * @param limit - false positive rate, above 0, up to 1
 * @returns 0..1; not defined without regions or without good pixels
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL, E_RANGE
 * @see Bergmann et al. 2020 (CVPR), section 5
 * @example
 * aupro([{ map, mask, width: 224, height: 224 }], 0.3);
 */
export function aupro(images: Iterable<LabelledMap>, limit = 0.3): MetricResult {
  const maps = new SplitMaps();
  addAll(images, ({ map, mask, width, height }) => maps.add(map, mask, width, height));
  return proArea(maps.regions.weighted(), maps.good, limit);
}
