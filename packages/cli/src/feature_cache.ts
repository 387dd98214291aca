import { DEFAULT_FEATURE_CACHE_BYTES, FolderFeatureCache } from '@ad/models';
import { type Command, Option } from 'commander';
import { memorySize } from './options.js';
import { bytes } from './output/format.js';
import type { Reporter } from './output/progress.js';

/** Options of commands that extract features. */
export interface FeatureCacheFlags {
  featureCache?: string;
  featureCacheSize?: number;
}

/** `--feature-cache DIR`, `--feature-cache-size SIZE`. */
export function addFeatureCacheOptions(command: Command): Command {
  const size = `what it may hold (default: ${bytes(DEFAULT_FEATURE_CACHE_BYTES)})`;
  return command
    .option('--feature-cache <dir>', 'keep features here for later runs on the same images')
    .addOption(new Option('--feature-cache-size <size>', size).argParser(memorySize));
}

/** The cache that was asked for. */
export async function openFeatureCache(flags: FeatureCacheFlags): Promise<FolderFeatureCache | undefined> {
  if (flags.featureCache === undefined) return undefined;
  return FolderFeatureCache.open(flags.featureCache, { maxBytes: flags.featureCacheSize });
}

/** Says how the cache has served. */
export function reportFeatureCache(cache: FolderFeatureCache | undefined, reporter: Reporter): void {
  if (!cache) return;
  const { found, missed, damaged, evicted } = cache.counts;
  const more = [damaged && `${damaged} damaged`, evicted && `${evicted} evicted`].filter(Boolean);
  reporter.note(`features    ${[`${found} from the cache, ${missed} new`, ...more].join(', ')}`);
  if (cache.failure) reporter.warn(`the feature cache keeps nothing: ${cache.failure.message}`);
}
