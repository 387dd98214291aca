import type { LevelMoments } from '@ad/core-native';

/** Moments of levels over patches that come in parts (Chan, Golub, LeVeque 1979). */
export class LevelStatistics {
  #rows = 0;
  readonly #levels: { mean: number; squares: number }[];

  constructor(private readonly channels: readonly number[]) {
    this.#levels = channels.map(() => ({ mean: 0, squares: 0 }));
  }

  /** Adds the moments of so many patches. */
  add(rows: number, moments: readonly LevelMoments[]): void {
    const total = this.#rows + rows;
    for (const [i, level] of this.#levels.entries()) {
      const { mean, std } = moments[i]!;
      const count = this.channels[i]!;
      const apart = mean - level.mean;
      level.squares += std ** 2 * rows * count + apart ** 2 * ((this.#rows * rows * count) / total);
      level.mean += (apart * rows) / total;
    }
    this.#rows = total;
  }

  /** What each level is multiplied by: 1 / (standard deviation * square root of its channels). */
  factors(): number[] {
    return this.#levels.map(({ squares }, i) => {
      const channels = this.channels[i]!;
      // A level without any variation has nothing to balance.
      const std = Math.sqrt(squares / (this.#rows * channels)) || 1;
      return Math.fround(1 / (std * Math.sqrt(channels)));
    });
  }
}
