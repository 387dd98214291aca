import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The user's data folder: `AD_HOME`, else `ad` in `XDG_DATA_HOME`, else `~/.local/share/ad`. A relative
 * `XDG_DATA_HOME` is ignored, as the XDG Base Directory specification asks.
 */
export function dataHome(env: NodeJS.ProcessEnv = process.env): string {
  const { AD_HOME, XDG_DATA_HOME } = env;
  if (AD_HOME) return resolve(AD_HOME);
  const base =
    XDG_DATA_HOME && isAbsolute(XDG_DATA_HOME) ? XDG_DATA_HOME : join(homedir(), '.local', 'share');
  return join(base, 'ad');
}
