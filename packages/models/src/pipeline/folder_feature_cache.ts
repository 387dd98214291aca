import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { AdError } from '@ad/core-native';
import type { Backbone } from '../backbone/index.js';
import { sha256 } from '../digest.js';
import type { ImageSource, PreprocessSettings } from '../image/index.js';
import { runtimeInfo } from '../runtime_info.js';
import { TOOL } from '../version.js';
import { BoundedFolder } from './bounded_folder.js';
import { type FeatureCache, type FeatureShelf, type FeatureSlot, purposeOf } from './feature_cache.js';
import { decodeEntry, encodeEntry } from './feature_entry.js';

/** What a {@link FolderFeatureCache} holds unless told. */
export const DEFAULT_FEATURE_CACHE_BYTES = 4e9;

/** How a cache has served since it was opened. */
export interface FeatureCacheCounts {
  /** Images whose features were there. */
  found: number;
  /** Images whose features were not. */
  missed: number;
  /** Of these, entries that were there but damaged; they are removed. */
  damaged: number;
  /** Entries that were removed to stay within the bound. */
  evicted: number;
}

const TAG_FILE = 'CACHEDIR.TAG';
/** By which backup tools know a folder that can be made again (https://bford.info/cachedir/). */
const TAG =
  'Signature: 8a477f597d28d172789f06886806bc55\n# Features kept by the anomaly detection toolkit.\n';

/**
 * Feature maps in a folder, for this process and others, at the same time too. An entry is known by the bytes of the
 * image, the backbone's digest, its layers and convention, the pre-processing, and the versions and processor that
 * computed it: what could give another last bit is another entry. Its checksum is verified on every use; a damaged
 * entry counts as missing. The folder stays within a bound, the longest unused entries are removed first.
 *
 * @example
 * const cache = await FolderFeatureCache.open('.features', { maxBytes: 2e9 });
 * const model = await PatchCore.fit(backbone, data.train, { cache });
 * console.log(cache.counts); // { found: 0, missed: 209, damaged: 0, evicted: 0 }
 */
export class FolderFeatureCache implements FeatureCache {
  readonly counts: FeatureCacheCounts = { found: 0, missed: 0, damaged: 0, evicted: 0 };
  /** Why nothing is kept any more, a full disk for example; results do not depend on it. */
  failure: Error | undefined;
  readonly #folder: BoundedFolder;
  readonly #machine = machine();

  private constructor(folder: string, maxBytes: number) {
    this.#folder = new BoundedFolder(folder, maxBytes);
  }

  /**
   * Opens the cache in a folder, which is made where there is none.
   *
   * @throws AdError E_ARGUMENT (the folder holds something else; a bound that is no positive number), E_WRITE
   */
  static async open(
    folder: string,
    { maxBytes = DEFAULT_FEATURE_CACHE_BYTES }: { maxBytes?: number | undefined } = {},
  ): Promise<FolderFeatureCache> {
    if (!(maxBytes > 0)) {
      throw new AdError(
        'E_ARGUMENT',
        `The feature cache is bounded to ${maxBytes} bytes; expected more than 0.`,
      );
    }
    try {
      await claim(folder);
      const cache = new FolderFeatureCache(folder, maxBytes);
      cache.counts.evicted += await cache.#folder.sweep();
      return cache;
    } catch (cause) {
      if (cause instanceof AdError) throw cause;
      throw new AdError(
        'E_WRITE',
        `The feature cache ${folder} cannot be used: ${(cause as Error).message}.`,
        'Name a folder that can be written with --feature-cache, or go without.',
        { cause },
      );
    }
  }

  /** See {@link FeatureCache.shelf}. */
  shelf(backbone: Backbone, preprocess: PreprocessSettings): FeatureShelf {
    const purpose = `${this.#machine}\n${purposeOf(backbone, preprocess)}\n`;
    return { find: (source) => this.#find(purpose, source) };
  }

  async #find(purpose: string, source: ImageSource): Promise<FeatureSlot> {
    const bytes = typeof source === 'string' ? await readFile(source).catch(() => undefined) : source;
    // Whoever decodes it says what is wrong with it.
    if (!bytes) return { keep: async () => {} };
    const key = createHash('sha256').update(purpose).update(sha256(bytes)).digest('hex');
    const kept = await this.#lookUp(key);
    this.counts[kept ? 'found' : 'missed']++;
    return { kept, bytes, keep: (image) => this.#keep(key, image) };
  }

  async #lookUp(key: string) {
    try {
      const entry = await this.#folder.read(key);
      const image = entry && decodeEntry(key, entry);
      if (entry && !image) {
        this.counts.damaged++;
        await this.#folder.remove(key);
      }
      return image;
    } catch (error) {
      this.failure ??= error as Error;
      return undefined;
    }
  }

  async #keep(key: string, image: Parameters<FeatureSlot['keep']>[0]): Promise<void> {
    if (this.failure) return;
    try {
      this.counts.evicted += await this.#folder.write(key, encodeEntry(key, image));
    } catch (error) {
      this.failure ??= error as Error;
    }
  }
}

/** Marks a new or empty folder as a cache; refuses one that is something else. */
async function claim(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const present = await readdir(folder);
  if (present.includes(TAG_FILE)) return;
  if (present.length > 0) {
    throw new AdError(
      'E_ARGUMENT',
      `${folder} exists and is not a feature cache; it is left alone.`,
      'Name an empty or a new folder with --feature-cache.',
    );
  }
  await writeFile(join(folder, TAG_FILE), TAG);
}

/** What computes: its last bits may differ from another's. */
function machine(): string {
  const { onnxruntime, sharp, libvips } = runtimeInfo();
  return JSON.stringify([TOOL, onnxruntime, sharp, libvips, process.arch, cpus()[0]?.model ?? '']);
}
