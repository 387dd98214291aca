import { FloatPool } from './float_pool.js';
import { checkPixels, checkSize } from './labelled_map.js';
import { RegionPixels } from './region_pixels.js';
import { findRegions } from './regions.js';

/** Maps split by their masks into good pixels and the pixels of 8-connected regions. */
export class SplitMaps {
  /** Scores of all pixels outside every region. */
  readonly good = new FloatPool();
  /** Scores of the pixels of regions; each region counts by its whole area. */
  readonly regions = new RegionPixels();

  /**
   * Adds one image; a null mask is a good one.
   *
   * @throws MetricError E_LENGTH, E_NOT_FINITE, E_LABEL
   */
  add(map: Float32Array, mask: Uint8Array | null, width: number, height: number): void {
    const masks = mask ? [mask] : [];
    checkSize(map, masks, width, height);
    checkPixels(map, masks);
    if (mask) this.#split(map, mask, width, height);
    else this.good.add(map.slice());
  }

  #split(map: Float32Array, mask: Uint8Array, width: number, height: number): void {
    const { labels, areas } = findRegions(mask, width, height);
    const defective = areas.reduce((sum, area) => sum + area, 0);
    const good = new Float32Array(map.length - defective);
    const scores = new Float32Array(defective);
    const regions = new Uint32Array(defective);
    let d = 0;
    for (let i = 0; i < map.length; ) {
      // Good pixels come in long runs, which are copied at once.
      const next = mask.indexOf(1, i);
      const end = next < 0 ? map.length : next;
      good.set(map.subarray(i, end), i - d);
      for (i = end; mask[i] === 1; i++) {
        regions[d] = labels[i]!;
        scores[d++] = map[i]!;
      }
    }
    this.good.add(good);
    this.regions.add(scores, regions, areas);
  }
}
