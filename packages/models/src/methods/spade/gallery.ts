import { type CallOptions, type Matrix, NearestIndex, type Neighbours } from '@ad/core-native';
import { rowsOf } from '../rows.js';

/** Searches the patches of some of the training images. */
export class Galleries {
  #images: readonly number[] = [];
  #index: NearestIndex | undefined;
  #gathered: Float32Array | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param patches - `[images * patchesPerImage, channels]` */
  constructor(
    private readonly patches: Matrix,
    private readonly patchesPerImage: number,
  ) {}

  /**
   * The k nearest patches of these images, by ascending number. The index of the last call is kept: where there are no
   * more images than a gallery takes, all calls are for the same ones, and images of one kind often share theirs. One
   * search comes after another, since they share its memory.
   */
  search(images: readonly number[], queries: Matrix, k: number, options: CallOptions): Promise<Neighbours> {
    const found = this.#last.then(async () => {
      const index = await this.#of(images, options);
      return index.search(queries, Math.min(k, index.rows), options);
    });
    this.#last = found.catch(() => {});
    return found;
  }

  async #of(images: readonly number[], options: CallOptions): Promise<NearestIndex> {
    const same =
      images.length === this.#images.length && images.every((image, i) => image === this.#images[i]);
    if (this.#index && same) return this.#index;
    this.#index?.close();
    this.#index = undefined;
    this.#index = await NearestIndex.build(this.#gather(images), options);
    this.#images = images;
    return this.#index;
  }

  /** Adjacent images are not copied; others go where the last ones were. */
  #gather(images: readonly number[]): Matrix {
    const { data, cols } = this.patches;
    const rows = images.length * this.patchesPerImage;
    const [first] = images as [number];
    if (images.at(-1)! - first === images.length - 1) {
      return rowsOf(this.patches, first * this.patchesPerImage, rows);
    }
    const values = this.patchesPerImage * cols;
    this.#gathered ??= new Float32Array(rows * cols);
    for (const [i, image] of images.entries()) {
      this.#gathered.set(data.subarray(image * values, (image + 1) * values), i * values);
    }
    return { data: this.#gathered, rows, cols };
  }
}
