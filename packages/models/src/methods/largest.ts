/** The largest patch score of each image. */
export function largestPerImage(patches: Float32Array, images: number): Float64Array {
  const perImage = patches.length / images;
  return Float64Array.from({ length: images }, (_, i) =>
    patches.subarray(i * perImage, (i + 1) * perImage).reduce((a, b) => Math.max(a, b)),
  );
}
