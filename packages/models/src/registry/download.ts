import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AdError } from '@ad/core-native';
import type { Dispatcher, Response } from 'undici';

/** How a file is fetched. */
export interface DownloadOptions {
  /** What the file must be; without it whatever comes is taken. */
  sha256?: string | undefined;
  /** Its size, for progress where the server does not say. */
  bytes?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Bytes that are here, and how many there will be if that is known. */
  onProgress?: ((received: number, total: number | undefined) => void) | undefined;
  /** How long a server may be silent. Default: 60 s. */
  silenceMs?: number | undefined;
  /** What a person can do where the file cannot be fetched. */
  hint: string;
}

const SILENCE_MS = 60_000;
/** Each attempt goes on where the last one ended. */
const ATTEMPTS = 4;

/** What a part of a file belongs to: a server that has another one by now must send it whole. */
interface Origin {
  url: string;
  validator: string | null;
}

/**
 * Fetches a file to `part`, going on where an earlier attempt ended, and verifies its digest. Proxies are those of
 * HTTP_PROXY, HTTPS_PROXY and NO_PROXY. What has come stays in `part` when it breaks off; what is wrong does not.
 *
 * @returns SHA-256 of the file
 * @throws AdError E_DOWNLOAD
 */
export async function download(url: string, part: string, options: DownloadOptions): Promise<string> {
  const { EnvHttpProxyAgent } = await import('undici');
  const silence = options.silenceMs ?? SILENCE_MS;
  const dispatcher = new EnvHttpProxyAgent({
    headersTimeout: silence,
    bodyTimeout: silence,
    connect: { timeout: silence },
  });
  try {
    await mkdir(dirname(part), { recursive: true });
    for (let attempt = 1; ; attempt++) {
      try {
        await fetchRest(url, part, dispatcher, options);
        break;
      } catch (error) {
        if (error instanceof AdError) throw error;
        options.signal?.throwIfAborted();
        if (attempt === ATTEMPTS) throw unreachable(url, error as Error, options.hint);
      }
    }
    return await verified(url, part, options);
  } finally {
    await dispatcher.destroy();
  }
}

/** One attempt: what is missing of the file. Network failures are thrown as they are. */
async function fetchRest(
  url: string,
  part: string,
  dispatcher: Dispatcher,
  { signal, onProgress, bytes, hint }: DownloadOptions,
): Promise<void> {
  const { fetch } = await import('undici');
  const note = `${part}.origin`;
  const before = await originOf(note);
  const there = before?.url === url ? await sizeOf(part) : 0;
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  // Without a validator, that both parts are of one file cannot be known before the digest.
  if (there > 0 && before?.validator) {
    headers.range = `bytes=${there}-`;
    headers['if-range'] = before.validator;
  }
  const response = await fetch(url, { headers, dispatcher, signal: signal ?? null });
  if (new URL(url).protocol === 'https:' && new URL(response.url).protocol !== 'https:') {
    throw refused(url, `it leads to ${response.url}, which is not encrypted`, hint);
  }
  if (response.status === 416) {
    await rm(part, { force: true });
    throw new Error(`the server has no more than what is here`);
  }
  if (!response.ok)
    throw refused(url, `the server answers ${response.status} ${response.statusText}`.trim(), hint);
  const start = startOf(response);
  if (start > 0 && start !== there) throw refused(url, `the server sends another part than asked for`, hint);
  await writeFile(note, JSON.stringify({ url, validator: validatorOf(response) } satisfies Origin));
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const total = Number.isFinite(length) ? start + length : bytes;
  const handle = await open(part, start > 0 ? 'a' : 'w');
  try {
    let received = start;
    onProgress?.(received, total);
    for await (const chunk of response.body ?? []) {
      await handle.writeFile(chunk);
      received += chunk.length;
      onProgress?.(received, total);
    }
    if (Number.isFinite(length) && received !== start + length) throw new Error('the file ended early');
  } finally {
    await handle.close();
  }
}

function startOf(response: Response): number {
  if (response.status !== 206) return 0;
  const [, start] = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') ?? [];
  return Number(start ?? Number.NaN);
}

/** A weak tag does not promise equal bytes. */
function validatorOf(response: Response): string | null {
  const tag = response.headers.get('etag');
  return tag && !tag.startsWith('W/') ? tag : response.headers.get('last-modified');
}

async function verified(url: string, part: string, { sha256, hint }: DownloadOptions): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(part)) hash.update(chunk);
  const found = hash.digest('hex');
  await rm(`${part}.origin`, { force: true });
  if (sha256 === undefined || found === sha256) return found;
  await rm(part, { force: true });
  throw new AdError(
    'E_DOWNLOAD',
    `The file from ${url} has the SHA-256 ${found}; expected ${sha256}. It was thrown away.`,
    hint,
  );
}

async function originOf(note: string): Promise<Origin | undefined> {
  try {
    return JSON.parse(await readFile(note, 'utf8')) as Origin;
  } catch {
    return undefined;
  }
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

function refused(url: string, what: string, hint: string): AdError {
  return new AdError('E_DOWNLOAD', `${url} cannot be fetched: ${what}.`, hint);
}

function unreachable(url: string, error: Error, hint: string): AdError {
  // fetch says no more than that it failed; why is in the cause.
  const { message } = error.cause instanceof Error && error.cause.message ? error.cause : error;
  return new AdError('E_DOWNLOAD', `${url} cannot be fetched: ${message}.`, hint, { cause: error });
}
