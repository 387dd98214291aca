import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AdError } from '@ad/core-native';
import { sha256 as sha256Of } from '../digest.js';
import type { InputConvention } from '../image/index.js';
import { type AddOptions, addBytes, checkFree } from './add.js';
import { CATALOGUE } from './catalogue.js';
import { type DownloadOptions, download } from './download.js';
import { dataHome } from './home.js';
import { findBackbone, type RegisteredBackbone } from './store.js';

/** How a backbone is fetched. What the catalogue knows of a name need not be said. */
export interface PullOptions
  extends Pick<AddOptions, 'license' | 'replace'>,
    Pick<DownloadOptions, 'signal' | 'onProgress' | 'silenceMs' | 'sha256'> {
  /** What values the input wants. Default: what the catalogue says, else ImageNet's. */
  convention?: InputConvention | undefined;
  /** Another place than the catalogue's: a mirror, or any ONNX file. */
  url?: string | undefined;
}

/** A backbone that was fetched. */
export interface PulledBackbone extends RegisteredBackbone {
  /** False where nobody had said what the file must be: it was trusted as it came. */
  verified: boolean;
}

/**
 * Fetches a backbone of the catalogue, or of a URL, and adds it to the registry. A catalogue entry's SHA-256 is
 * pinned, whoever serves the file; a URL without `sha256` is trusted on first use.
 *
 * @throws AdError E_DOWNLOAD (cannot be fetched, or is another file), E_ARGUMENT (unknown or taken name, no URL),
 * E_BACKBONE (no network that can be a backbone), E_WRITE
 * @example
 * await pullBackbone('resnet50');
 * const backbone = await Backbone.open('resnet50');
 */
export async function pullBackbone(name: string, options: PullOptions = {}): Promise<PulledBackbone> {
  checkFree(name);
  const known = CATALOGUE.find((entry) => entry.name === name);
  const url = options.url ?? known?.url;
  if (url === undefined) throw unknown(name);
  checkUrl(url);
  const sha256 = options.sha256?.toLowerCase() ?? known?.sha256;
  const convention = options.convention ?? known?.convention ?? 'imagenet';
  await checkNotThere(name, options.replace);
  const part = join(dataHome(), 'downloads', `${sha256Of(new TextEncoder().encode(url))}.part`);
  const size = known ? `${known.bytes} bytes, ` : '';
  const hint =
    `Without a network bring the file ${url} (${size}SHA-256 ${sha256 ?? 'not known'}) from elsewhere and add it: ` +
    `ad backbone add ${name} FILE --normalize ${convention}. Behind a proxy set HTTPS_PROXY.`;
  const { signal, onProgress, silenceMs, replace } = options;
  return alone(part, async () => {
    await download(url, part, { sha256, bytes: known?.bytes, signal, onProgress, silenceMs, hint });
    try {
      const license = options.license ?? known?.license;
      const about = { convention, license, origin: url, replace };
      return { ...(await addBytes(name, await readFile(part), about)), verified: sha256 !== undefined };
    } finally {
      await rm(part, { force: true });
    }
  });
}

/** Two processes must not write one part. A lock of a process that is gone counts for nothing. */
async function alone<T>(part: string, work: () => Promise<T>): Promise<T> {
  const lock = `${part}.lock`;
  await mkdir(dirname(part), { recursive: true });
  const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
  if (owner > 0 && !isRunning(owner)) await rm(lock, { force: true });
  try {
    await writeFile(lock, `${process.pid}`, { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new AdError(
      'E_DOWNLOAD',
      `The process ${owner} is fetching this file.`,
      `Wait for it. If it is not: remove ${lock}.`,
      { cause },
    );
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // One of another user may not be asked, but is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function checkUrl(url: string): void {
  if (/^https?:\/\/[^/]/.test(url) && URL.canParse(url)) return;
  throw new AdError(
    'E_ARGUMENT',
    `'${url}' is no address that a file can be fetched from; expected http(s)://...`,
  );
}

async function checkNotThere(name: string, replace = false): Promise<void> {
  if (replace || !(await findBackbone(name))) return;
  throw new AdError(
    'E_ARGUMENT',
    `There is a backbone '${name}' already.`,
    'Choose another name, or replace it with --replace.',
  );
}

function unknown(name: string): AdError {
  return new AdError(
    'E_ARGUMENT',
    `The catalogue has no backbone '${name}', and no URL was given.`,
    `It has: ${CATALOGUE.map((entry) => entry.name).join(', ')}. Fetch any other ONNX file with --url.`,
  );
}
