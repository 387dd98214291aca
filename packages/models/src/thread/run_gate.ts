const STOP = 0;
const RUNNING = 1;

/**
 * Lets one thread end another only between two runs. A thread that is torn down while onnxruntime computes takes the
 * whole process with it, because the library cannot make its result any more.
 *
 * Order matters on both sides: the thread first counts its run and then looks whether it may, the owner first forbids
 * and then waits for the count. So either the thread sees that it must not start, or the owner sees that it runs.
 */
export class RunGate {
  readonly #state: Int32Array<SharedArrayBuffer>;

  /** @param shared - of the other side's gate; without it a new one is made */
  constructor(shared = new SharedArrayBuffer(8)) {
    this.#state = new Int32Array(shared);
  }

  /** What the other thread makes its gate from. */
  get shared(): SharedArrayBuffer {
    return this.#state.buffer;
  }

  /** The thread's side: does `work` unless it is forbidden. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    Atomics.add(this.#state, RUNNING, 1);
    try {
      if (Atomics.load(this.#state, STOP)) throw new Error('the inference thread has ended');
      return await work();
    } finally {
      Atomics.sub(this.#state, RUNNING, 1);
      Atomics.notify(this.#state, RUNNING);
    }
  }

  /** The owner's side: no run begins after this. Blocks until those under way have ended, or for so long at most. */
  close(milliseconds: number): void {
    Atomics.store(this.#state, STOP, 1);
    const deadline = performance.now() + milliseconds;
    for (;;) {
      const running = Atomics.load(this.#state, RUNNING);
      const left = deadline - performance.now();
      if (running === 0 || left <= 0) return;
      Atomics.wait(this.#state, RUNNING, running, left);
    }
  }
}
