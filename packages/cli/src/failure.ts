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
  return isKnown(error) && error.code === 'E_ARGUMENT' ? EXIT.usage : EXIT.failed;
}

/** An error of one of the packages, each of which has a class of its own. */
function isKnown(error: unknown): error is Error & { code: string; hint?: string } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('E_');
}

/** Says on stderr what went wrong and what to do; with `--json` also as one JSON document on stdout. */
export function printFailure(
  error: unknown,
  { json, interrupted }: { json: boolean; interrupted: boolean },
): void {
  const code = interrupted ? 'E_INTERRUPTED' : isKnown(error) ? error.code : 'E_UNEXPECTED';
  const message = interrupted ? 'Interrupted; nothing is left half-written.' : messageOf(error);
  const hint = isKnown(error) && !interrupted ? error.hint : undefined;
  if (json) printJsonFailure(code, message, hint);
  process.stderr.write(`${pc.red('error')} ${pc.dim(code)} ${message}\n`);
  if (hint) process.stderr.write(`${pc.cyan('hint')} ${hint}\n`);
}

/** What stands on stdout in place of a result. */
export function printJsonFailure(code: string, message: string, hint?: string): void {
  process.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
}

function messageOf(error: unknown): string {
  if (isKnown(error)) return error.message;
  // Not one of ours: a fault of this program, so its stack is what helps.
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
