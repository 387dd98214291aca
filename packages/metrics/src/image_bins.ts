import type { LabelledMap } from './labelled_map.js';
import { findRegions } from './regions.js';
import { ascending, bitsOf } from './sort_floats.js';

// Sign, exponent and the first 10 bits of the fraction: scores that agree to about 1 in 1,000 share a bin.
const DROPPED_BITS = 13;

/** One image's pixels, counted in bins of nearly equal scores; only bins that it has pixels in. */
export interface ImageBins {
  /** Bin of each entry, ascending as the scores are. */
  bins: Uint32Array;
  good: Float64Array;
  defective: Float64Array;
  /** Sum of 1 / area of the region over the defective pixels. */
  overlap: Float64Array;
  regions: number;
}

/** Counts the pixels of one image. */
export function binImage({ map, mask, width, height }: LabelledMap): ImageBins {
  const { labels, areas } = mask ? findRegions(mask, width, height) : { labels: null, areas: [] };
  const keys = Uint32Array.from(bitsOf(map), (bits) => ascending(bits) >>> DROPPED_BITS);
  const bins = keys
    .slice()
    .sort()
    .filter((bin, i, all) => i === 0 || bin !== all[i - 1]);
  const entry = new Map(Array.from(bins, (bin, i) => [bin, i]));
  const counts = () => new Float64Array(bins.length);
  const image = { bins, good: counts(), defective: counts(), overlap: counts(), regions: areas.length };
  for (let i = 0; i < keys.length; i++) {
    const at = entry.get(keys[i]!)!;
    const region = labels ? labels[i]! : -1;
    if (region < 0) {
      image.good[at]!++;
    } else {
      image.defective[at]!++;
      image.overlap[at]! += 1 / areas[region]!;
    }
  }
  return image;
}

/** An image whose entries know their place among the bins of all images. */
export interface AlignedImage extends ImageBins {
  places: Uint32Array;
  /** How many bins all images have together. */
  binsOfAll: number;
}

/** Numbers the bins that any image has pixels in, ascending. */
export function alignBins(images: readonly ImageBins[]): AlignedImage[] {
  const all = new Set<number>();
  for (const { bins } of images) for (const bin of bins) all.add(bin);
  const place = new Map(Array.from(Uint32Array.from(all).sort(), (bin, i) => [bin, i]));
  return images.map((image) => ({
    ...image,
    places: image.bins.map((bin) => place.get(bin)!),
    binsOfAll: all.size,
  }));
}
