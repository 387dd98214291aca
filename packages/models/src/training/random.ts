import { SeededRandom } from '../random.js';

/**
 * Uniform numbers in [0, 1) for the first values of networks: 32 bits each, fast enough for millions (sfc32 of
 * C. Doty-Humphrey's PractRand, seeded by SplitMix64).
 */
export function uniformNumbers(seed: number): () => number {
  const seeds = new SeededRandom(seed);
  let [a, b, c] = [0, 0, 0].map(() => seeds.below(2 ** 32) | 0) as [number, number, number];
  let counter = 1;
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers (Box, Muller 1958). */
export function normalNumbers(seed: number): () => number {
  const uniform = uniformNumbers(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** The order in which an epoch takes its examples; the same for the same seed and epoch, wherever training resumes. */
export function epochOrder(count: number, seed: number, epoch: number): number[] {
  const random = new SeededRandom(seed * 65_537 + epoch);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
