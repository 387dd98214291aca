import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Emptied to this share of the bound, so that not every file that is added evicts another. */
const KEPT_SHARE = 0.9;
/** What a process may add before it looks again at what others have added. */
const UNSEEN_SHARE = 1 / 32;
const SUFFIX = '.entry';
const DRAFT = '.tmp';
const STALE_DRAFT_MS = 3600e3;

interface Found {
  file: string;
  bytes: number;
  /** Last use, in milliseconds. */
  used: number;
}

/**
 * Files by key in a folder of a bounded size, the longest unused ones removed first. Several processes may share it:
 * a file appears whole or not at all, by renaming, and may vanish at any time. Each process may pass the bound by a
 * thirty-second part before it sees what others have added.
 */
export class BoundedFolder {
  /** Bytes when last looked at, and what this process has added since. */
  #seen = 0;
  #added = 0;
  #sweeping: Promise<number> | undefined;

  constructor(
    private readonly folder: string,
    private readonly maxBytes: number,
  ) {}

  /** The content of a key's file, which then counts as used; undefined where there is none. */
  async read(key: string): Promise<Buffer | undefined> {
    const file = this.#file(key);
    const content = await readFile(file).catch(unlessMissing);
    // Access times are often not kept by the file system; the time of change stands for them.
    const now = new Date();
    if (content) await utimes(file, now, now).catch(unlessMissing);
    return content;
  }

  /**
   * Adds or replaces a key's file; one that is larger than the bound is left out.
   *
   * @returns how many files were removed to make room
   */
  async write(key: string, parts: readonly Uint8Array[]): Promise<number> {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    if (bytes > this.maxBytes * KEPT_SHARE) return 0;
    const file = this.#file(key);
    const draft = `${file}.${randomBytes(6).toString('hex')}${DRAFT}`;
    await mkdir(join(file, '..'), { recursive: true });
    try {
      const handle = await open(draft, 'wx');
      await written(handle, parts).finally(() => handle.close());
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    this.#added += bytes;
    const due = this.#seen + this.#added > this.maxBytes || this.#added > this.maxBytes * UNSEEN_SHARE;
    return due ? this.sweep() : 0;
  }

  /** Removes a key's file. */
  async remove(key: string): Promise<void> {
    await rm(this.#file(key), { force: true });
  }

  /** Looks at all there is, and removes what is too much. Returns how many files that were. */
  sweep(): Promise<number> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  async #sweep(): Promise<number> {
    this.#added = 0;
    const found = (await this.#list()).sort((a, b) => a.used - b.used);
    let bytes = found.reduce((sum, file) => sum + file.bytes, 0);
    let removed = 0;
    if (bytes > this.maxBytes) {
      for (const file of found) {
        if (bytes <= this.maxBytes * KEPT_SHARE) break;
        await rm(file.file, { force: true });
        bytes -= file.bytes;
        removed++;
      }
    }
    this.#seen = bytes;
    return removed;
  }

  async #list(): Promise<Found[]> {
    const all: Found[] = [];
    for (const shard of await readdir(this.folder)) {
      if (!/^[0-9a-f]{2}$/.test(shard)) continue;
      const names = (await readdir(join(this.folder, shard)).catch(unlessMissing)) ?? [];
      for (const name of names) {
        const file = join(this.folder, shard, name);
        const stats = await stat(file).catch(unlessMissing);
        if (!stats) continue;
        // What a process that was killed has left; one that is being written is younger.
        if (name.endsWith(DRAFT) && Date.now() - stats.mtimeMs > STALE_DRAFT_MS)
          await rm(file, { force: true });
        if (name.endsWith(SUFFIX)) all.push({ file, bytes: stats.size, used: stats.mtimeMs });
      }
    }
    return all;
  }

  #file(key: string): string {
    return join(this.folder, key.slice(0, 2), `${key}${SUFFIX}`);
  }
}

async function written(handle: FileHandle, parts: readonly Uint8Array[]): Promise<void> {
  for (const part of parts) await handle.writeFile(part);
}

/** Another process may have removed it. */
function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
