import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdError } from '@ad/core-native';
import type { Plain } from './training_session.js';

/** Where and how much examples may take. */
export interface StoreOptions {
  /** Bytes in memory; what is beyond goes to a file. */
  memory: number;
  /** Folder of that file; the system's for temporary files unless told. */
  folder?: string | undefined;
}

/** Tensors of one example, by name. */
export type ExampleShapes = Record<string, readonly number[]>;

/**
 * What a network learns from, one example per image: pixels and the frozen teacher's feature maps, so that neither is
 * computed again in each epoch. Kept in memory as far as it goes, then in a file.
 *
 * @example
 * const store = new ExampleStore({ image: [3, 128, 128] }, { memory: 1e9 });
 * await store.add(8, { image: pixels });
 * const { image } = await store.batch([3, 1, 4]); // [3, 3, 128, 128]
 * await store.close();
 */
export class ExampleStore {
  readonly #lengths: Map<string, number>;
  readonly #length: number;
  readonly #kept: Float32Array[] = [];
  readonly #inMemory: number;
  readonly #hash = createHash('sha256');
  #file: FileHandle | undefined;
  #count = 0;

  constructor(
    /** Without the axis of examples. */
    readonly shapes: ExampleShapes,
    private readonly options: StoreOptions,
  ) {
    this.#lengths = new Map(
      Object.entries(shapes).map(([name, shape]) => [name, shape.reduce((a, b) => a * b, 1)]),
    );
    this.#length = [...this.#lengths.values()].reduce((a, b) => a + b, 0);
    this.#inMemory = Math.floor(options.memory / (4 * this.#length));
  }

  /** How many examples there are. */
  get count(): number {
    return this.#count;
  }

  /** What all of them are, as SHA-256. */
  get digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /**
   * Adds examples, copied.
   *
   * @param tensors - `[examples, ...shape]` each
   * @throws AdError E_NOT_FINITE for a value that is none, E_WRITE where the file cannot be written
   */
  async add(examples: number, tensors: Record<string, Float32Array>): Promise<void> {
    for (let i = 0; i < examples; i++) {
      const all = new Float32Array(this.#length);
      let at = 0;
      for (const [name, length] of this.#lengths) {
        const part = tensors[name]!.subarray(i * length, (i + 1) * length);
        if (!part.every(Number.isFinite)) throw notFinite(name, this.#count);
        all.set(part, at);
        at += length;
      }
      this.#hash.update(bytesOf(all));
      if (this.#kept.length < this.#inMemory) this.#kept.push(all);
      else await this.#write(all);
      this.#count++;
    }
  }

  /** Some examples, in this order, as tensors `[examples, ...shape]`. */
  async batch(indices: readonly number[]): Promise<Record<string, Plain>> {
    const rows = await Promise.all(indices.map((index) => this.#read(index)));
    let begin = 0;
    const tensors: Record<string, Plain> = {};
    for (const [name, length] of this.#lengths) {
      const data = new Float32Array(rows.length * length);
      rows.forEach((row, i) => void data.set(row.subarray(begin, begin + length), i * length));
      tensors[name] = { data, shape: [rows.length, ...this.shapes[name]!] };
      begin += length;
    }
    return tensors;
  }

  /** Gives the file back. */
  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #read(index: number): Promise<Float32Array> {
    const kept = this.#kept[index];
    if (kept) return kept;
    const row = new Float32Array(this.#length);
    const bytes = bytesOf(row);
    await this.#file!.read(bytes, 0, bytes.length, (index - this.#kept.length) * bytes.length);
    return row;
  }

  async #write(row: Float32Array): Promise<void> {
    const folder = this.options.folder ?? tmpdir();
    try {
      this.#file ??= await openUnnamed(join(folder, `ad-examples-${randomBytes(6).toString('hex')}.tmp`));
      const bytes = bytesOf(row);
      const { bytesWritten } = await this.#file.write(
        bytes,
        0,
        bytes.length,
        (this.#count - this.#kept.length) * bytes.length,
      );
      if (bytesWritten < bytes.length) throw new Error('the disk is full');
    } catch (cause) {
      throw new AdError(
        'E_WRITE',
        `Feature maps that do not fit into memory cannot be kept in ${folder}: ${(cause as Error).message}.`,
        'Free some space there, set TMPDIR to a larger disk, or allow more with --max-memory.',
        { cause },
      );
    }
  }
}

/** A file without a name is gone with the process, however that ends. */
async function openUnnamed(path: string): Promise<FileHandle> {
  const file = await open(path, 'wx+');
  await unlink(path);
  return file;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function notFinite(name: string, index: number): AdError {
  return new AdError(
    'E_NOT_FINITE',
    `Image ${index + 1} of the training images gives '${name}' a value that is not a finite number.`,
    'Check the backbone: it makes NaN or infinity of this image.',
  );
}
