import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const AD = fileURLToPath(new URL('../../packages/cli/bin/ad.mjs', import.meta.url));

/** How a program ended and what it said. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Called with the child once, when it has written something to stderr. */
  onStderr?: (child: ChildProcess) => void;
}

/** Runs a program to its end. */
export function run(
  command: string,
  args: string[],
  { cwd, env, onStderr }: RunOptions = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // NODE_PATH, which package managers set for what they run, would find packages that are not installed.
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NODE_PATH: '', NO_COLOR: '1', ...env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      if (stderr === '') onStderr?.(child);
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Runs `ad`. */
export function ad(args: string[], options?: RunOptions): Promise<Ended> {
  return run(process.execPath, [AD, ...args], options);
}

/** Runs `ad` through a shell that first does something: limits, traps. */
export function adAfter(setup: string, args: string[], options?: RunOptions): Promise<Ended> {
  return run('bash', ['-c', `${setup}; exec "$@"`, 'bash', process.execPath, AD, ...args], options);
}

/** Runs a module's text, in this package, so that it can import what the tests can. */
export function script(text: string, options?: RunOptions & { flags?: string[] }): Promise<Ended> {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  return run(process.execPath, [...(options?.flags ?? []), '--input-type=module', '-e', text], {
    cwd,
    ...options,
  });
}
