import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary.js';
import { Claims, processSpace } from './claims.js';

const folder = await temporaryFolder();
const claim = (name: string, text: string) => writeFile(join(folder, `${name}.json`), text);
/** A process that has ended. */
const { pid } = spawnSync(process.execPath, ['-e', '']);
const here = { host: hostname(), space: await processSpace() };

test('one of two has it, until it is given back', async () => {
  const [a, b] = [new Claims(folder), new Claims(folder)];
  expect(await a.take('x')).toBe(true);
  expect(await a.take('x')).toBe(false);
  expect(await b.take('x')).toBe(false);
  expect(await b.isTaken('x')).toBe(true);
  await a.release('x');
  expect(await b.isTaken('x')).toBe(false);
  expect(await b.take('x')).toBe(true);
  await b.release('x');
});

test('a claim of a dead process is taken over, also where its number is used again', async () => {
  const claims = new Claims(folder);
  await claim('dead', JSON.stringify({ ...here, pid, started: '1' }));
  expect(await claims.take('dead')).toBe(true);
  await claim('again', JSON.stringify({ ...here, pid: process.pid, started: '1' }));
  expect(await claims.take('again')).toBe(true);
  expect(JSON.parse(await readFile(join(folder, 'again.json'), 'utf8')).pid).toBe(process.pid);
  await claims.release('dead');
  await claims.release('again');
  expect(await readdir(folder)).toEqual([]);
});

test('another machine, another container, or a half-written claim, is believed as long as it is touched', async () => {
  const claims = new Claims(folder);
  const long = new Date(Date.now() - 3_600_000);
  for (const [name, text] of [
    ['far', JSON.stringify({ host: 'elsewhere', pid, started: null })],
    ['container', JSON.stringify({ ...here, space: 'pid:[1]', pid, started: null })],
    ['half', '{"ho'],
  ] as const) {
    await claim(name, text);
    expect(await claims.take(name)).toBe(false);
    await utimes(join(folder, `${name}.json`), long, long);
    expect(await claims.take(name)).toBe(true);
    await claims.release(name);
  }
});

test('of many that see a dead claim one gets it', async () => {
  const own = join(folder, 'many');
  await mkdir(own);
  for (let round = 0; round < 20; round++) {
    await writeFile(join(own, 'x.json'), JSON.stringify({ ...here, pid, started: '1' }));
    const all = Array.from({ length: 8 }, () => new Claims(own));
    const got = await Promise.all(all.map((claims) => claims.take('x')));
    expect(got.filter(Boolean)).toHaveLength(1);
    await all[got.indexOf(true)]!.release('x');
  }
});

test('a sweep leaves what the living have', async () => {
  const own = join(folder, 'swept');
  const claims = new Claims(own);
  await claims.sweep();
  await claims.take('living');
  await writeFile(join(own, 'dead.json'), JSON.stringify({ ...here, pid, started: '1' }));
  await claims.sweep();
  expect(await readdir(own)).toEqual(['living.json']);
  await claims.release('living');
});
