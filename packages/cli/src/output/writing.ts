import { AdError } from '@ad/models';

/** Does `work`, which writes below `folder`; what the file system refuses becomes an error that says so. */
export async function writing<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    throw new AdError(
      'E_WRITE',
      `Pictures could not be written to ${folder}: ${cause.message}.`,
      'Free some space or choose another folder with --out.',
      { cause },
    );
  }
}
