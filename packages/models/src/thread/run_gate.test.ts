import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { RunGate } from './run_gate.js';

test('lets work through until it is closed', async () => {
  const gate = new RunGate();
  const other = new RunGate(gate.shared);
  expect(await other.pass(async () => 7)).toBe(7);
  await expect(other.pass(() => Promise.reject(new Error('of the work')))).rejects.toThrow('of the work');
  gate.close(60_000);
  await expect(other.pass(async () => 7)).rejects.toThrow(/has ended/);
});

test('closing waits for the work of another thread', async () => {
  const gate = new RunGate();
  const done = new Int32Array(new SharedArrayBuffer(4));
  // The other thread enters, says so, and marks its end: what pass() does, by hand, since a thread cannot take a function.
  const worker = new Worker(
    `const { workerData: { state, done }, parentPort } = require('node:worker_threads');
     const counts = new Int32Array(state);
     Atomics.add(counts, 1, 1);
     parentPort.postMessage('in');
     setTimeout(() => { Atomics.store(done, 0, 1); Atomics.sub(counts, 1, 1); Atomics.notify(counts, 1); }, 50);`,
    { eval: true, workerData: { state: gate.shared, done } },
  );
  await new Promise((resolve) => worker.once('message', resolve));
  gate.close(60_000);
  expect(Atomics.load(done, 0)).toBe(1);
  await worker.terminate();
});
