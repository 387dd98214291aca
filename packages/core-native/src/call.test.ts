import { getEventListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import * as core from './index.js';
import { endlessCall, everyCall } from './testing/calls.js';
import { randomFloats, randomMatrix } from './testing/random.js';

const index = await core.NearestIndex.build(randomMatrix(5, 4));
const map = { data: randomFloats(16), channels: 1, height: 4, width: 4 };
const shape = { images: 1, height: 4, width: 4, outHeight: 8, outWidth: 8 };
const moments = (images: number) => ({
  ...new core.PositionMoments(1, 4),
  scatter: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 1, 0, 1),
  divisor: images - 1,
});
const gaussians = await core.factorise(moments(2), { ridge: 0 });
const CALLS: [string, (options: core.CallOptions) => Promise<unknown>][] = [
  ['NearestIndex.build', (options) => core.NearestIndex.build(randomMatrix(5, 4), options)],
  ['NearestIndex.search', (options) => index.search(randomMatrix(5, 4), 1, options)],
  ['greedyCoreset', (options) => core.greedyCoreset(randomMatrix(5, 4), { count: 2, start: 0 }, options)],
  [
    'sparseProjection',
    (options) => core.sparseProjection(randomMatrix(5, 4), { components: 2, seed: 0 }, options),
  ],
  ['patchEmbed', (options) => core.patchEmbed([map], { images: 1 }, options)],
  ['levelMoments', (options) => core.levelMoments(randomMatrix(5, 4), [4], options)],
  ['scaleLevels', (options) => core.scaleLevels(randomMatrix(5, 4), [4], [2], options)],
  ['anomalyMaps', (options) => core.anomalyMaps(randomFloats(16), shape, options)],
  ['PositionMoments.add', (options) => new core.PositionMoments(1, 4).add(randomMatrix(5, 4), options)],
  [
    'PositionMoments.merge',
    (options) => new core.PositionMoments(1, 4).merge(new core.PositionMoments(1, 4), options),
  ],
  ['ledoitWolf', (options) => core.ledoitWolf(randomMatrix(5, 4), options)],
  ['factorise', (options) => core.factorise(moments(2), { ridge: 0 }, options)],
  ['mahalanobis', (options) => core.mahalanobis(randomMatrix(5, 4), gaussians, options)],
  ['findComponents', (options) => core.findComponents(randomMatrix(5, 4), 0, options)],
];

describe.each(CALLS)('%s', (_, start) => {
  it('rejects with the reason of a signal that is aborted already', async () => {
    const reason = new Error('enough');
    await expect(start({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(start({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    await start({ signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d threads', async (threads) => {
    await expect(start({ threads })).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message: `threads is ${threads}; expected a whole number of at least 1.`,
    });
  });
});

describe('every call', () => {
  it('gives the same bits on one thread, on two and on more than there are', async () => {
    const one = await everyCall(core, { threads: 1 });
    expect(await everyCall(core, { threads: 2 })).toEqual(one);
    expect(await everyCall(core, { threads: 1000 })).toEqual(one);
  });

  it('gives the same answers when many are under way at once', async () => {
    const alone = await everyCall(core);
    const together = await Promise.all(Array.from({ length: 12 }, () => everyCall(core, { threads: 2 })));
    for (const answers of together) expect(answers).toEqual(alone);
  });
});

describe('a long call', () => {
  it('stops in its midst with the reason given', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const call = endlessCall(core, {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(call).rejects.toBe(reason);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('leaves the event loop alive', async () => {
    const controller = new AbortController();
    const call = endlessCall(core, { signal: controller.signal }).then(
      () => 'resolved',
      () => 'stopped',
    );
    expect(await Promise.race([call, setTimeout(1, 'timer')])).toBe('timer');
    controller.abort();
    expect(await call).toBe('stopped');
  });

  it('reports shares that rise within 0..1', async () => {
    const shares: number[] = [];
    const settings = { count: 4000, start: 0 };
    await core.greedyCoreset(randomMatrix(20_000, 40), settings, {
      onProgress: (share) => shares.push(share),
    });
    expect(shares.length).toBeGreaterThan(0);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  });
});
