import { type FileHandle, open, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { OnnxError } from './errors.js';
import { TensorProto_DataLocation } from './generated/onnx_pb.js';
import { checkSize } from './size_limit.js';
import type { Tensor } from './tensor.js';

interface Place {
  tensor: Tensor;
  location: string;
  offset: number;
  length: number | undefined;
}

/**
 * Reads values that lie in files beside the model into their tensors.
 *
 * @throws OnnxError E_ONNX_EXTERNAL_DATA, E_ONNX_TOO_LARGE (before anything is read)
 */
export async function inlineExternalData(tensors: Iterable<Tensor>, folder: string): Promise<void> {
  const places = Array.from(tensors)
    .filter((tensor) => tensor.external)
    .map(placeOf);
  checkSize(
    places.reduce((sum, place) => sum + (place.length ?? 0), 0),
    'The model with the weights that lie beside it',
  );
  for (const location of new Set(places.map((place) => place.location))) {
    const file = await openInside(folder, location);
    try {
      const { size } = await file.stat();
      for (const place of places) if (place.location === location) await read(file, size, place);
    } finally {
      await file.close();
    }
  }
}

function placeOf(tensor: Tensor): Place {
  const entries = new Map(tensor.proto.externalData.map(({ key, value }) => [key, value]));
  const whole = (key: string) => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
    throw refusal(`The weights of '${tensor.name}' have the ${key} '${text}'; expected a whole number.`);
  };
  const location = entries.get('location') ?? '';
  return { tensor, location, offset: whole('offset') ?? 0, length: whole('length') };
}

async function openInside(folder: string, location: string): Promise<FileHandle> {
  const leaves = (path: string) =>
    path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
  const outside = () =>
    refusal(
      `The model names the weights file '${location}', which lies outside of its own folder.`,
      'Weights must lie beside the model. Do not use models from a source that you do not trust.',
    );
  if (location.includes('\0') || isAbsolute(location) || leaves(relative(folder, join(folder, location)))) {
    throw outside();
  }
  try {
    const [root, file] = await Promise.all([realpath(folder), realpath(join(folder, location))]);
    // A symbolic link may lead elsewhere.
    if (leaves(relative(root, file))) throw outside();
    return await open(file);
  } catch (cause) {
    if (cause instanceof OnnxError) throw cause;
    throw refusal(
      `The weights file '${location}' beside the model cannot be read: ${(cause as Error).message}.`,
      'Copy it into the folder of the model.',
    );
  }
}

async function read(
  file: FileHandle,
  size: number,
  { tensor, location, offset, length }: Place,
): Promise<void> {
  const wanted = length ?? size - offset;
  if (wanted < 0 || offset + wanted > size) {
    throw refusal(
      `The weights of '${tensor.name}' take bytes ${offset} to ${offset + wanted} of '${location}', which has ${size}.`,
      'The weights file is damaged, incomplete, or of another model.',
    );
  }
  checkSize(wanted, `'${location}'`);
  const bytes = new Uint8Array(wanted);
  for (let done = 0; done < wanted; ) {
    const { bytesRead } = await file.read(bytes, done, wanted - done, offset + done);
    if (bytesRead === 0) throw refusal(`The weights file '${location}' ends while it is read.`);
    done += bytesRead;
  }
  const { proto } = tensor;
  proto.rawData = bytes;
  proto.externalData = [];
  proto.dataLocation = TensorProto_DataLocation.DEFAULT;
}

function refusal(message: string, hint?: string): OnnxError {
  return new OnnxError('E_ONNX_EXTERNAL_DATA', message, hint);
}
