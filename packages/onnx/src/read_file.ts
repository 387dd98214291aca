import { readFile, stat } from 'node:fs/promises';
import { OnnxError } from './errors.js';
import { checkSize } from './size_limit.js';

/** The bytes of a file. @throws OnnxError E_ONNX_FILE, E_ONNX_TOO_LARGE (before it is read) */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    checkSize((await stat(file)).size, `'${file}'`);
    return await readFile(file);
  } catch (cause) {
    if (cause instanceof OnnxError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const found = code === 'ENOENT' ? 'there is no such file' : message;
    throw new OnnxError('E_ONNX_FILE', `'${file}' cannot be read: ${found}.`, undefined, { cause });
  }
}
