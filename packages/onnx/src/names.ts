/** Names that are taken, and fresh ones. */
export class Names {
  #taken: Set<string> | undefined;
  readonly #next = new Map<string, number>();

  constructor(
    /** Those taken at the start; asked for once, when the first fresh one is wanted. */
    private readonly initial: () => Set<string>,
  ) {}

  /** Marks a name as taken. */
  take(name: string): void {
    this.#taken?.add(name);
  }

  /** The hint where it is free, else the hint with the lowest free number; taken from now on. */
  fresh(hint: string): string {
    this.#taken ??= this.initial();
    let name = hint;
    let number = this.#next.get(hint) ?? 1;
    while (name === '' || this.#taken.has(name)) name = `${hint}_${number++}`;
    this.#next.set(hint, number);
    this.#taken.add(name);
    return name;
  }
}
