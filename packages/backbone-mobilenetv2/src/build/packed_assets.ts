/** One file inside a packed-assets archive of MediaPipe's web solutions. */
export interface PackedFile {
  filename: string;
  /** First byte in the data file, and the one after the last. */
  start: number;
  end: number;
}

/**
 * Reads the table of contents out of a `*_packed_assets_loader.js`, the script that emscripten's file packager writes
 * beside a data file: its one call `loadPackage({"files": [...], ...})`.
 */
export function packedFiles(loader: string): PackedFile[] {
  const [, json] = /loadPackage\((\{.*?\})\)/s.exec(loader) ?? [];
  if (json === undefined) throw new Error('the loader script has no call loadPackage({...})');
  const { files } = JSON.parse(json) as { files?: PackedFile[] };
  if (!Array.isArray(files)) throw new Error("the loader script's package has no list of files");
  return files;
}

/** The bytes of the one file whose name matches. */
export function extractPacked(loader: string, data: Uint8Array, name: RegExp): Uint8Array {
  const files = packedFiles(loader);
  const found = files.filter((file) => name.test(file.filename));
  if (found.length !== 1) {
    const names = files.map((file) => file.filename).join(', ');
    throw new Error(`expected one packed file named like ${name}, found ${found.length} among: ${names}`);
  }
  const { filename, start, end } = found[0]!;
  if (start < 0 || end < start || end > data.length) {
    throw new Error(`${filename} should lie at bytes ${start} to ${end}, but the data has ${data.length}`);
  }
  return data.subarray(start, end);
}
