import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import * as core from './index.js';
import { everyCall } from './testing/calls.js';
import { runProcess, startWorker } from './testing/program.js';

const answers = await everyCall(core);

describe('several at once', () => {
  it('worker threads give the answers of the main thread', async () => {
    const workers = Array.from({ length: 4 }, () => startWorker(({ core, everyCall }) => everyCall(core)));
    const found = await Promise.all(workers.map((worker) => once(worker, 'message')));
    for (const [message] of found) expect(message).toEqual(answers);
  });

  it('processes give the answers of this one', async () => {
    const task = () => runProcess(({ core, everyCall }) => everyCall(core));
    for (const { code, stdout } of await Promise.all([task(), task()])) {
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toEqual(answers);
    }
  });
});

describe('an exit during a call', () => {
  it('ends the process with the code given', async () => {
    const { code, signal, stderr } = await runProcess(({ core, endlessCall }) =>
      endlessCall(core, { onProgress: () => process.exit(7) }),
    );
    expect([code, signal, stderr]).toEqual([7, null, '']);
  });

  it('ends the process while more calls wait than run', async () => {
    const { code, signal, stderr } = await runProcess(({ core, endlessCall }) => {
      for (let i = 0; i < 6; i++) endlessCall(core, { threads: 2 }).catch(() => {});
      return new Promise(() => setTimeout(() => process.exit(7), 1));
    });
    expect([code, signal, stderr]).toEqual([7, null, '']);
  });

  it('ends a process that throws with code 1', async () => {
    const { code, signal, stderr } = await runProcess(({ core, endlessCall }) => {
      endlessCall(core, {});
      return new Promise(() =>
        setTimeout(() => {
          throw new Error('mine');
        }, 1),
      );
    });
    expect([code, signal]).toEqual([1, null]);
    expect(stderr).toContain('Error: mine');
  });
});

describe('many calls', () => {
  it('keep no memory', async () => {
    const { code, stdout, stderr } = await runProcess(
      async ({ core }) => {
        // An index holds over a megabyte, a call its arrays of eight: whatever were kept would add up to 150 and more.
        const [rows, cols] = [32_768, 64];
        const points = { data: new Float32Array(rows * cols).map((_, i) => (i * 7919) % 97), rows, cols };
        const shape = { images: 2, height: 512, width: 512, outHeight: 512, outWidth: 512, sigma: 1 };
        const repeat = async (times: number) => {
          for (let i = 0; i < times; i++) {
            const index = await core.NearestIndex.build(points);
            await index.search({ ...points, data: points.data.slice(0, 64), rows: 1 }, 1);
            await core.sparseProjection(points, { components: 64, seed: i });
            await core.anomalyMaps(points.data.subarray(0, 2 * 512 * 512), shape);
            await core.greedyCoreset(points, { count: 4, start: 0 });
          }
          globalThis.gc!();
          return process.memoryUsage().rss;
        };
        const before = await repeat(10);
        return (await repeat(100)) - before;
      },
      { flags: ['--expose-gc'] },
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toBeLessThan(100 * 2 ** 20);
  });
});
