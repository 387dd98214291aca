import { expect, test } from 'vitest';
import { extractPacked, packedFiles } from './packed_assets.js';

const LOADER = `
var Module; (function () { function runWithFS() { }
  loadPackage({"files": [{"filename": "/labels.txt", "start": 0, "end": 3}, {"filename": "/net.tflite", "start": 3, "end": 8}], "remote_package_size": 8});
})();`;
const DATA = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

test('finds a file by its name in the table of contents', () => {
  expect(packedFiles(LOADER).map((file) => file.filename)).toEqual(['/labels.txt', '/net.tflite']);
  expect([...extractPacked(LOADER, DATA, /\.tflite$/)]).toEqual([4, 5, 6, 7, 8]);
});

test('says what there is when no file, or more than one, has the name', () => {
  expect(() => extractPacked(LOADER, DATA, /\.onnx$/)).toThrow(/found 0 among: \/labels.txt, \/net.tflite/);
  expect(() => extractPacked(LOADER, DATA, /t/)).toThrow(/found 2/);
});

test('refuses data that end too early, and a script without a table', () => {
  expect(() => extractPacked(LOADER, DATA.subarray(0, 6), /net/)).toThrow(/bytes 3 to 8, but the data has 6/);
  expect(() => packedFiles('export {}')).toThrow(/loadPackage/);
});
