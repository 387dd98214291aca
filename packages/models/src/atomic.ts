import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AdError } from '@ad/core-native';

let written = 0;

/**
 * Writes a file wholly or not at all: what is there is complete, whenever the process is killed.
 *
 * @throws AdError E_WRITE
 */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  // Processes that share a folder must not share a temporary name.
  const temporary = `${file}.${process.pid}.${written++}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    // Flushed, or a machine that loses its power keeps the name without the content.
    await writeFile(temporary, content, { flush: true });
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw unwritable(file, cause);
  }
}

/** What went wrong when a file was written. */
export function unwritable(file: string, cause: unknown): AdError {
  return new AdError(
    'E_WRITE',
    `${file} could not be written: ${(cause as Error).message}.`,
    'Free some space or choose another folder with --out.',
    { cause },
  );
}

/** One JSON document as a file holds it. */
export function jsonText(document: unknown): string {
  return `${JSON.stringify(document, null, 1)}\n`;
}
