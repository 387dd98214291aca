// What a cut saves: the whole network against the part that makes some layers, in onnxruntime, interleaved rounds, medians.
//
//   node bench/cut.mjs wide_resnet50_2.onnx [--layers layer2,layer3] [--rounds 7] [--batch 4] [--threads 2]
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import * as ort from 'onnxruntime-node';
import { extractLayers, findStages, Model } from '../dist/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    layers: { type: 'string', default: 'layer2,layer3' },
    rounds: { type: 'string', default: '7' },
    batch: { type: 'string', default: '4' },
    threads: { type: 'string', default: '2' },
  },
});
const [file] = positionals;
if (!file) throw new Error('name an ONNX classifier');

const whole = await Model.load(file);
const { input, flops } = findStages(whole);
const cut = extractLayers(whole, values.layers.split(','));
const options = { intraOpNumThreads: Number(values.threads), logSeverityLevel: 3 };
const bytes = { whole: whole.write(), cut: cut.model.write() };
const sessions = {
  whole: await ort.InferenceSession.create(bytes.whole, options),
  cut: await ort.InferenceSession.create(bytes.cut, options),
};
const dims = [Number(values.batch), 3, input.height, input.width];
const pixels = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => Math.sin(i));
const feed = new ort.Tensor('float32', pixels, dims);

const seconds = { whole: [], cut: [] };
for (let round = -1; round < Number(values.rounds); round++) {
  for (const [name, session] of Object.entries(sessions)) {
    const start = performance.now();
    await session.run({ [session.inputNames[0]]: feed });
    // The first round warms up.
    if (round >= 0) seconds[name].push((performance.now() - start) / 1000);
  }
}
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const ratios = seconds.whole.map((time, i) => time / seconds.cut[i]);
console.log(`${cpus()[0].model}, ${values.threads} threads, node ${process.version}, ${dims.join(' x ')}`);
console.log(
  `whole  ${(bytes.whole.length / 1e6).toFixed(1)} MB  ${(flops / 1e9).toFixed(2)} GFLOP  ${median(seconds.whole).toFixed(4)} s`,
);
console.log(
  `cut    ${(bytes.cut.length / 1e6).toFixed(1)} MB  ${(cut.flops / 1e9).toFixed(2)} GFLOP  ${median(seconds.cut).toFixed(4)} s  ${values.layers}`,
);
console.log(
  `ratio  median ${median(ratios).toFixed(3)}, ${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)} over ${values.rounds} rounds`,
);
