/** Numbers in [-1, 1), rounded to single precision: what the golden generators use as inputs. */
export function values(size: number, k: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => {
    const x = Math.sin(12.9898 * (i + 1) + 78.233 * (k + 1)) * 437.585453;
    return 2 * (x - Math.floor(x)) - 1;
  });
}
