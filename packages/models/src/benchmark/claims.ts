import { mkdir, readdir, readFile, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { unwritable } from '../atomic.js';

/** Who works on a cell. */
interface Owner {
  host: string;
  /** What its number counts in: containers of one host name need not share their processes. */
  space: string | null;
  pid: number;
  /** When the process began, as its system counts; a number that is used again is another process. */
  started: string | null;
}

const BEAT_MS = 10_000;
/** On another machine nothing tells that a process has ended but that its claim is no longer touched. */
const SILENT_MS = 90_000;

/**
 * Files by which processes that share a folder agree on who does what. A claim whose process has ended is nobody's.
 *
 * @example
 * const claims = new Claims('out/claims');
 * if (await claims.take('bottle')) try { work(); } finally { await claims.release('bottle'); }
 */
export class Claims {
  readonly #mine = new Map<string, NodeJS.Timeout>();

  constructor(private readonly folder: string) {}

  /**
   * True where the work is now this process's; false where another one has it.
   *
   * @throws AdError E_WRITE
   */
  async take(name: string): Promise<boolean> {
    if (this.#mine.has(name)) return false;
    await mkdir(this.folder, { recursive: true }).catch((cause) => {
      throw unwritable(this.folder, cause);
    });
    const file = this.#file(name);
    if (
      !(await create(file, await self())) &&
      !((await this.#clearDead(name)) && (await create(file, await self())))
    ) {
      return false;
    }
    const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), BEAT_MS);
    this.#mine.set(name, beat.unref());
    return true;
  }

  /** Gives work back, done or not. */
  async release(name: string): Promise<void> {
    clearInterval(this.#mine.get(name));
    this.#mine.delete(name);
    await rm(this.#file(name), { force: true });
  }

  /** Whether a living process has it. */
  async isTaken(name: string): Promise<boolean> {
    const found = await read(this.#file(name));
    return found !== null && (await isAlive(found));
  }

  /** Removes what processes left that were killed between a result and its release. */
  async sweep(): Promise<void> {
    const files = await readdir(this.folder).catch((): string[] => []);
    for (const file of files)
      if (file.endsWith('.json')) await this.#clearDead(file.slice(0, -'.json'.length));
  }

  #file(name: string): string {
    return join(this.folder, `${name}.json`);
  }

  /** Removes the claim of a dead process; false where it is alive, or another process is about it. */
  async #clearDead(name: string): Promise<boolean> {
    const file = this.#file(name);
    // One at a time looks and removes: a claim that was taken anew since must not be mistaken for the dead one.
    const lock = `${file}.clearing`;
    if (!(await create(lock, await self()))) {
      await removeSilent(lock);
      return false;
    }
    try {
      const found = await read(file);
      if (found !== null && (await isAlive(found))) return false;
      await rm(file, { force: true });
      return true;
    } finally {
      await rm(lock, { force: true });
    }
  }
}

/** A lock is held for an instant; one that has been there for long was left by a process that was killed. */
async function removeSilent(lock: string): Promise<void> {
  const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }));
  if (Date.now() - mtimeMs > SILENT_MS) await rm(lock, { force: true });
}

async function create(file: string, owner: Owner): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unwritable(file, error);
  }
}

interface Found {
  /** Null where the file was left half-written. */
  owner: Owner | null;
  touched: number;
}

async function read(file: string): Promise<Found | null> {
  try {
    const text = await readFile(file, 'utf8');
    const { mtimeMs } = await stat(file);
    return { owner: parse(text), touched: mtimeMs };
  } catch {
    return null;
  }
}

function parse(text: string): Owner | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function isAlive({ owner, touched }: Found): Promise<boolean> {
  const recent = Date.now() - touched < SILENT_MS;
  if (owner === null || owner.host !== hostname() || owner.space !== (await processSpace())) return recent;
  return isRunning(owner.pid) && (await startOf(owner.pid)) === owner.started;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function self(): Promise<Owner> {
  const { pid } = process;
  return { host: hostname(), space: await processSpace(), pid, started: await startOf(pid) };
}

/** Linux's name of the process numbers that are seen from here; null elsewhere. */
export function processSpace(): Promise<string | null> {
  return readlink('/proc/self/ns/pid').catch(() => null);
}

/** Field 22 of /proc/pid/stat, where there is one; the second field may contain spaces. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
