/**
 * Every stable error code of the toolkit, with what it stands for. Codes are part of the public API: match on
 * them, never on messages.
 */
export const ERROR_CODES = {
  E_ARGUMENT: 'an option or argument has a value that cannot be used',
  E_SHAPE: 'an array does not have the length or shape that was announced',
  E_NOT_FINITE: 'a number is NaN or infinite where a finite one is needed',
  E_OUT_OF_MEMORY: 'the work does not fit into memory, or not into the stated budget',
  E_NATIVE_LOAD: 'the native addon could not be loaded',
  E_NATIVE: 'the native core reported a failure',
  E_DEVICE: 'the requested device is not usable here',
  E_DATASET: 'a data folder is missing, empty, or its layout is not recognised',
  E_TOO_FEW_IMAGES: 'there are fewer images than the work needs',
  E_IMAGE: 'an image file cannot be read or decoded',
  E_BACKBONE: 'a backbone cannot be opened or run, or does not fit the request',
  E_BACKBONE_LAYER: 'a named layer does not exist in the backbone',
  E_ARTEFACT: 'a model folder, or a file of results, is missing, damaged or incomplete',
  E_ARTEFACT_SCHEMA: 'a model folder was written by a newer version of this tool',
  E_DOWNLOAD: 'a file could not be fetched, or what came is another file',
  E_ACCURACY: 'what was made is less accurate than allowed',
  E_DIVERGED: 'the training of a network diverged',
  E_WRITE: 'a file could not be written',
} as const;

/** One of the keys of {@link ERROR_CODES}. */
export type AdErrorCode = keyof typeof ERROR_CODES;

/**
 * The one error class of the toolkit. The message names what was found and what was expected; `hint` says what
 * to do about it.
 *
 * @example
 * try {
 *   await PatchCore.load('bottle.ad');
 * } catch (error) {
 *   if (error instanceof AdError && error.code === 'E_ARTEFACT') console.error(error.message, error.hint);
 * }
 */
export class AdError extends Error {
  override readonly name = 'AdError';

  constructor(
    /** Stable code, see {@link ERROR_CODES}. */
    readonly code: AdErrorCode,
    message: string,
    /** What the user can do about it, one or a few sentences. */
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
