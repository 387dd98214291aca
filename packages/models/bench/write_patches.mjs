// Writes the balanced patch embeddings of a data set's good images, as PatchCore sees them: raw fp32, row after row.
//
//   node bench/write_patches.mjs <data set or folder> <out.f32> [--backbone mobilenetv2|file.onnx] [--layers a,b]
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Backbone, openDataset, PatchCore } from '../dist/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { backbone: { type: 'string', default: 'mobilenetv2' }, layers: { type: 'string' } },
});
const [folder, out] = positionals;
if (!folder || !out) throw new Error('name a data set and a file to write');
const data = await openDataset(folder);
const backbone = await Backbone.open(values.backbone, { layers: values.layers?.split(',') });
// A coreset of everything is the embeddings themselves.
const options = { coreset: 1, threshold: { rule: 'none' } };
const { fitted } = await PatchCore.fit(backbone, data.train, options);
await backbone.close();
const { bank } = fitted.tensors;
await writeFile(out, bank.data);
console.log(`${bank.shape[0]} rows of ${bank.shape[1]} columns`);
