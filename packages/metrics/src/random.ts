/**
 * A seeded generator of 32-bit numbers: sfc32 (Doty-Humphrey, PractRand), its state filled from the seed and stirred.
 * The same seed gives the same numbers on every machine, which Math.random does not promise.
 */
export function seeded(seed: number): () => number {
  let a = seed >>> 0;
  let b = Math.floor(seed / 0x100000000) >>> 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const next = () => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return out >>> 0;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}
