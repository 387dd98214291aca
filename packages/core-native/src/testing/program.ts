import { spawn } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { type Core, endlessCall, everyCall } from './calls.js';

/** What a task finds where it runs: the built package and the functions of calls.ts. */
export interface Kit {
  core: Core;
  everyCall: typeof everyCall;
  endlessCall: typeof endlessCall;
}

/** Runs elsewhere, so it arrives as source text: it may use its parameter and globals only. */
export type Task = (kit: Kit) => unknown;

/** How a process ended; `signal` is null unless one killed it. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

const entry = new URL('../../dist/index.js', import.meta.url).href;

/** The text of a module that runs a task and hands its value to the function `tell`. */
function source(task: Task, tell: string): string {
  return `const core = await import(${JSON.stringify(entry)});
    const kit = { core, everyCall: ${everyCall}, endlessCall: ${endlessCall} };
    (${tell})(await (${task})(kit));`;
}

/** Runs a task in a process of its own, which prints what the task returns as JSON. */
export function runProcess(
  task: Task,
  { env = {}, flags = [] }: { env?: Record<string, string>; flags?: string[] } = {},
): Promise<Ended> {
  const program = source(task, '(value) => console.log(JSON.stringify(value))');
  const child = spawn(process.execPath, [...flags, '--input-type=module', '--eval', program], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Starts a task in a worker thread, which posts what the task returns. */
export function startWorker(task: Task): Worker {
  const program = `import { parentPort } from 'node:worker_threads';
    ${source(task, '(value) => parentPort.postMessage(value)')}`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
}
