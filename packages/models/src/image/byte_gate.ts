/**
 * Lets work begin only while what is in flight fits into a budget, first come first served. What is larger than the
 * budget runs alone.
 *
 * @example
 * const gate = new ByteGate(256e6);
 * const image = await gate.run(3 * width * height, () => decode(file));
 */
export class ByteGate {
  #free: number;
  readonly #waiting: { bytes: number; go: () => void }[] = [];

  constructor(readonly budget: number) {
    this.#free = budget;
  }

  async run<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const taken = Math.min(bytes, this.budget);
    await this.#take(taken);
    try {
      return await work();
    } finally {
      this.#free += taken;
      this.#admit();
    }
  }

  #take(bytes: number): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ bytes, go });
      this.#admit();
    });
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#waiting[0]!.bytes <= this.#free) {
      const { bytes, go } = this.#waiting.shift()!;
      this.#free -= bytes;
      go();
    }
  }
}
