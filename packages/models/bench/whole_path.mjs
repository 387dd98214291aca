// The whole path on real images: the split of a fit, and predictions against the backbone alone, alternating in one run.
//
//   node bench/whole_path.mjs <data set> [--backbone mobilenetv2|file.onnx] [--layers a,b] [--rounds 5] [--threads 2]
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Backbone, cpuInfo, openDataset, PatchCore, Timing } from '../dist/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backbone: { type: 'string', default: 'mobilenetv2' },
    layers: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
  },
});
const [folder] = positionals;
if (!folder) throw new Error('name a data set in the MVTec layout');
const threads = Number(values.threads);
const layers = values.layers?.split(',');
const BATCH = 8;
const SIDE = 224;

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const seconds = async (work) => {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
};

const data = await openDataset(folder);
const backbone = await Backbone.open(values.backbone, { layers, threads });
console.log(`${cpus()[0].model}, level ${cpuInfo().level}, ${threads} threads, node ${process.version}`);
console.log(`${backbone.name} ${backbone.layers.map((layer) => layer.name).join(', ')}, ${data.name}`);

let model;
for (let round = 0; round < 3; round++) {
  const timing = new Timing();
  model = await PatchCore.fit(backbone, data.train, { threads, timing, threshold: { rule: 'none' } });
  const { total, ...stages } = timing.toJSON();
  const split = Object.entries(stages).map(([stage, s]) => `${stage} ${s.toFixed(2)}`);
  const share = ((100 * stages.backbone) / total).toFixed(0);
  console.log(
    `fit ${data.train.length} images: ${total.toFixed(2)} s (backbone ${share} %): ${split.join(', ')}`,
  );
}

const paths = data.test.map((sample) => sample.path);
const batches = Math.ceil(paths.length / BATCH);

/** As the pipeline asks: the next batch waits behind the one that is computed. */
async function backboneAlone() {
  const waiting = [];
  for (let i = 0; i < batches; i++) {
    waiting.push(
      backbone.extract(new Float32Array(BATCH * 3 * SIDE * SIDE).fill(0.5), BATCH, {
        width: SIDE,
        height: SIDE,
      }),
    );
    if (waiting.length === 2) await waiting.shift();
  }
  await Promise.all(waiting);
}

async function predictAll() {
  for await (const _ of model.predictAll(paths, { threads }));
}

const alone = [];
const whole = [];
for (let round = 0; round < Number(values.rounds); round++) {
  alone.push((batches * BATCH) / (await seconds(backboneAlone)));
  whole.push(paths.length / (await seconds(predictAll)));
}
const ratio = median(whole.map((rate, i) => rate / alone[i]));
console.log(
  `predict: ${median(whole).toFixed(1)} images/s, backbone alone ${median(alone).toFixed(1)}, ` +
    `${(100 * ratio).toFixed(0)} % (median of ${values.rounds} rounds)`,
);
console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
await backbone.close();
