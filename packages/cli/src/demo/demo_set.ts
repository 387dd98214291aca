import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Progress, SeededRandom } from '@ad/models';
import sharp from 'sharp';
import { DEFECTS, type Spoil } from './defects/index.js';
import { drawScene } from './draw_scene.js';
import { SIZE } from './frame.js';
import { drawMask } from './mask.js';
import { Noise } from './noise.js';
import { makeScene } from './scene.js';

const TRAIN_GOOD = 40;
const TEST_GOOD = 10;
const TEST_PER_DEFECT = 5;
// Enough to keep libvips' threads busy while JavaScript draws; each picture in work holds about 10 MB.
const AT_ONCE = 4;

/** Options of {@link writeDemoSet}. */
export interface DemoSetOptions {
  /** Decides every picture: the same seed gives the same bytes on the same machine. A whole number. */
  seed: number;
  /** Stops between two pictures; those already written stay. */
  signal?: AbortSignal | undefined;
  /** Told after each picture. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

interface Picture {
  /** Path below the data set's folder, without extension. */
  image: string;
  /** A defective picture's mask, likewise. */
  mask?: string;
  spoil?: Spoil;
  seed: number;
}

/**
 * Draws a small industrial data set in the MVTec AD layout: a machined plate under a camera, 40 good ones to learn
 * from, then 10 good and 20 defective ones (scratch, stain, missing_hole, dent) with exact masks. Pictures are
 * 320 x 320 px RGB, masks one channel of 0 and 255. Files of an earlier run are overwritten.
 *
 * @param folder - gets a folder `plate`; made if missing
 * @throws the signal's reason once it has aborted; the file system's error where it cannot write
 * @example
 * await writeDemoSet('./demo', { seed: 0, onProgress: ({ share }) => console.log(share) });
 * // ./demo/plate/train/good/000.png ... ./demo/plate/ground_truth/dent/004_mask.png
 */
export async function writeDemoSet(folder: string, options: DemoSetOptions): Promise<void> {
  const { seed, signal, onProgress } = options;
  const random = new SeededRandom(seed);
  const noise = new Noise(random);
  const pictures = plan(random);
  const queue = pictures.values();
  let drawn = 0;
  const work = async () => {
    for (const picture of queue) {
      signal?.throwIfAborted();
      await writePicture(join(folder, 'plate'), picture, noise);
      onProgress?.({ stage: 'draw', share: ++drawn / pictures.length });
    }
  };
  // All have ended before a failure is passed on: nothing is written behind the caller's back.
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Each picture has a seed of its own, so that it does not matter which one is drawn first. */
function plan(random: SeededRandom): Picture[] {
  const series = (folder: string, count: number, rest: (name: string) => Partial<Picture> = () => ({})) =>
    Array.from({ length: count }, (_, i) => {
      const name = String(i).padStart(3, '0');
      return { image: join(folder, name), seed: random.below(Number.MAX_SAFE_INTEGER), ...rest(name) };
    });
  return [
    ...series('train/good', TRAIN_GOOD),
    ...series('test/good', TEST_GOOD),
    ...Object.entries(DEFECTS).flatMap(([kind, spoil]) =>
      series(join('test', kind), TEST_PER_DEFECT, (name) => ({
        mask: join('ground_truth', kind, `${name}_mask`),
        spoil,
      })),
    ),
  ];
}

async function writePicture(
  root: string,
  { image, mask, spoil, seed }: Picture,
  noise: Noise,
): Promise<void> {
  const random = new SeededRandom(seed);
  const scene = makeScene(noise, random);
  if (!spoil || !mask) return writePng(join(root, image), await drawScene(scene), 3);
  const defect = spoil(scene.plate, random);
  await writePng(join(root, image), await drawScene({ ...scene, plate: defect.plate }), 3);
  await writePng(join(root, mask), await drawMask(defect), 1);
}

async function writePng(
  path: string,
  pixels: Uint8Array | Uint8ClampedArray,
  channels: 1 | 3,
): Promise<void> {
  const picture = sharp(pixels, { raw: { width: SIZE, height: SIZE, channels } });
  const grey = channels === 1 ? picture.toColourspace('b-w') : picture;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.png`, await grey.png().toBuffer());
}
