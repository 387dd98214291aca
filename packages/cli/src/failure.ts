import { AdError } from '@ad/models';
import pc from 'picocolors';

/** What the process returns to its shell. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** What shells expect after Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
} as const;

/** The exit code of a failure. */
export function exitCodeOf(error: unknown, interrupted: boolean): number {
  if (interrupted) return EXIT.interrupted;
  return error instanceof AdError && error.code === 'E_ARGUMENT' ? EXIT.usage : EXIT.failed;
}

/** Says on stderr what went wrong and what to do; with `--json` also as one JSON document on stdout. */
export function printFailure(
  error: unknown,
  { json, interrupted }: { json: boolean; interrupted: boolean },
): void {
  const code = interrupted ? 'E_INTERRUPTED' : error instanceof AdError ? error.code : 'E_UNEXPECTED';
  const message = interrupted ? 'Interrupted; nothing is left half-written.' : messageOf(error);
  const hint = error instanceof AdError && !interrupted ? error.hint : undefined;
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
  process.stderr.write(`${pc.red('error')} ${pc.dim(code)} ${message}\n`);
  if (hint) process.stderr.write(`${pc.cyan('hint')} ${hint}\n`);
}

function messageOf(error: unknown): string {
  if (error instanceof AdError) return error.message;
  // Not one of ours: a fault of this program, so its stack is what helps.
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
