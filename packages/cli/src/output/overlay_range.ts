/**
 * The colour bar of an overlay in raw scores. With a threshold it runs from half of it to twice as high, so that equal
 * colours mean equal scores on every image of a model; a hotter map stretches it. Without one it spans the map.
 */
export function overlayRange(map: Float32Array, threshold: number | null): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of map) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (threshold === null) return { low, high };
  return { low: threshold / 2, high: Math.max(2 * threshold, high) };
}
