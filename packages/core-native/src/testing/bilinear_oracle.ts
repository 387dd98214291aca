/** A plane `values[y * width + x]`. */
export interface Plane {
  values: ArrayLike<number>;
  height: number;
  width: number;
}

/**
 * Bilinear resize in double precision: half-pixel centres, edges clamped. An output pixel is the mean of all input
 * pixels, each weighted by a triangle of half-width 1 around it.
 */
export function bilinear({ values, height, width }: Plane, outHeight: number, outWidth: number): Plane {
  const place = (i: number, from: number, to: number) =>
    Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
  const out = new Float64Array(outHeight * outWidth);
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const atY = place(y, height, outHeight);
      const atX = place(x, width, outWidth);
      for (let v = 0; v < height; v++) {
        const down = Math.max(0, 1 - Math.abs(atY - v));
        for (let u = 0; down > 0 && u < width; u++) {
          const weight = down * Math.max(0, 1 - Math.abs(atX - u));
          if (weight > 0) out[y * outWidth + x]! += weight * values[v * width + u]!;
        }
      }
    }
  }
  return { values: out, height: outHeight, width: outWidth };
}
