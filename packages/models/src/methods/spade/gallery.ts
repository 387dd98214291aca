import { type CallOptions, type Matrix, NearestIndex } from '@ad/core-native';

/** Patches of training images, and an index of those of some images. */
export class Galleries {
  #images: readonly number[] = [];
  #index: NearestIndex | undefined;

  /** @param patches - `[images * patchesPerImage, channels]` */
  constructor(
    private readonly patches: Matrix,
    private readonly patchesPerImage: number,
  ) {}

  /**
   * The index over the patches of some images, by ascending number. That of the last call is kept: where there are no
   * more images than a gallery takes, all calls are for the same ones, and images of one kind often share theirs.
   */
  async of(images: readonly number[], options: CallOptions): Promise<NearestIndex> {
    const same =
      images.length === this.#images.length && images.every((image, i) => image === this.#images[i]);
    if (!this.#index || !same) {
      this.#index = await NearestIndex.build(this.#gather(images), options);
      this.#images = images;
    }
    return this.#index;
  }

  #gather(images: readonly number[]): Matrix {
    const { data, cols } = this.patches;
    const values = this.patchesPerImage * cols;
    const gathered = new Float32Array(images.length * values);
    for (const [i, image] of images.entries()) {
      gathered.set(data.subarray(image * values, (image + 1) * values), i * values);
    }
    return { data: gathered, rows: images.length * this.patchesPerImage, cols };
  }
}
