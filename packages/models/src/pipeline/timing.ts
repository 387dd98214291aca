/** Seconds spent per stage. Stages overlap, so they may add up to more than the wall clock. */
export class Timing {
  readonly #seconds = new Map<string, number>();
  readonly #start = performance.now();

  add(stage: string, seconds: number): void {
    this.#seconds.set(stage, (this.#seconds.get(stage) ?? 0) + seconds);
  }

  async measure<T>(stage: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.add(stage, (performance.now() - start) / 1000);
    }
  }

  /** Seconds per stage and, as `total`, since this was made; to the millisecond. */
  toJSON(): Record<string, number> {
    const total = (performance.now() - this.#start) / 1000;
    const rounded = [...this.#seconds, ['total', total] as const].map(([k, v]) => [
      k,
      Math.round(v * 1000) / 1000,
    ]);
    return Object.fromEntries(rounded);
  }
}
