/** The 8-connected regions of a mask. */
export interface Regions {
  /** For each pixel its region, 0 .. count - 1, or -1 outside all. */
  labels: Int32Array;
  /** Pixels of each region. */
  areas: number[];
}

/** Finds the 8-connected regions of a binary mask, in the order of their first pixel. */
export function findRegions(mask: Uint8Array, width: number, height: number): Regions {
  const labels = new Int32Array(width * height).fill(-1);
  const areas: number[] = [];
  const stack: number[] = [];
  for (let first = mask.indexOf(1); first >= 0; first = mask.indexOf(1, first + 1)) {
    if (labels[first]! >= 0) continue;
    const region = areas.length;
    let area = 0;
    labels[first] = region;
    stack.push(first);
    while (stack.length > 0) {
      const at = stack.pop()!;
      area++;
      const x = at % width;
      const y = (at - x) / width;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const next = ny * width + nx;
          if (!mask[next] || labels[next]! >= 0) continue;
          labels[next] = region;
          stack.push(next);
        }
      }
    }
    areas.push(area);
  }
  return { labels, areas };
}
