import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { modelPath } from '../index.js';
import { convertTrunk } from './convert.js';
import { writeOnnx } from './onnx_writer.js';
import { extractPacked } from './packed_assets.js';
import { readTflite } from './tflite.js';

const solution = dirname(createRequire(import.meta.url).resolve('@mediapipe/objectron/package.json'));
const loader = await readFile(join(solution, 'objectron_solution_packed_assets_loader.js'), 'utf8');
const packed = await readFile(join(solution, 'objectron_solution_packed_assets.data'));

const block = (number: number) => `FeatureExtractor/MobilenetV2/expanded_conv_${number}/expand`;
const graph = convertTrunk(readTflite(extractPacked(loader, packed, /ssd_mobilenetv2.*\.tflite$/)), [
  { layer: block(3), name: 's4' },
  { layer: block(6), name: 's8' },
  { layer: block(13), name: 's16' },
]);

await mkdir(dirname(modelPath), { recursive: true });
await writeFile(modelPath, writeOnnx(graph));
