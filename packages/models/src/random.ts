const MASK = (1n << 64n) - 1n;

/** SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed everywhere. */
export class SeededRandom {
  #state: bigint;

  constructor(seed: number) {
    this.#state = BigInt(seed);
  }

  /** A whole number in [0, count). */
  below(count: number): number {
    this.#state = (this.#state + 0x9e3779b97f4a7c15n) & MASK;
    let z = this.#state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return Number((z ^ (z >> 31n)) % BigInt(count));
  }

  /** `count` different whole numbers in [0, total), ascending. */
  choose(count: number, total: number): number[] {
    const numbers = Array.from({ length: total }, (_, i) => i);
    for (let i = 0; i < count; i++) {
      const j = i + this.below(total - i);
      [numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!];
    }
    return numbers.slice(0, count).sort((a, b) => a - b);
  }
}
