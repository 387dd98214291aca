// Every method on real images: metrics, speed and memory, beside an independent implementation in torch and scipy.
//
//   node bench/methods.mjs <data set> --backbone <resnet18 .onnx> [--methods padim,dfm] [--python python3] [--threads 2]
//
// Without --python there is no comparison. Orders are compared by Spearman's coefficient over the test images: once with
// the peer's own pre-processing, once on the same feature maps.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Backbone, cpuInfo, evaluate, fitModel, METHOD_CHOICES, openDataset, Timing } from '../dist/index.js';
import { features } from '../dist/pipeline/features.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backbone: { type: 'string', default: 'mobilenetv2' },
    methods: { type: 'string', default: 'patchcore,padim,spade,dfm,dfm:nll,dfkde,mahalanobis' },
    python: { type: 'string' },
    threads: { type: 'string', default: '2' },
  },
});
const [folder] = positionals;
if (!folder) throw new Error('name a data set in the MVTec layout');
const threads = Number(values.threads);
const peer = join(dirname(fileURLToPath(import.meta.url)), '../../../bench/peers/methods_torch.py');
/** Names in the peer. */
const PEERS = {
  padim: 'padim',
  spade: 'spade',
  dfm: 'dfm',
  'dfm:nll': 'dfm_nll',
  dfkde: 'dfkde',
  mahalanobis: 'mahalanobis',
};
const scratch = mkdtempSync(join(tmpdir(), 'ad-methods-'));
const data = await openDataset(folder);
console.log(`${cpus()[0].model}, level ${cpuInfo().level}, ${threads} threads, node ${process.version}`);
console.log(
  `${data.name}, ${data.train.length} images to learn from, ${data.test.length} to test, ${values.backbone}`,
);
console.log(
  'method | layers | image AUROC | pixel AUROC | AUPRO | fit s (backbone) | images/s | model MB | there: image, pixel, AUPRO | order | order on the same features',
);

for (const name of values.methods.split(',')) {
  const [method, score] = name.split(':');
  const { layers } = METHOD_CHOICES.find((choice) => choice.name === method);
  const backbone = await Backbone.open(values.backbone, { layers, threads });
  const timing = new Timing();
  const model = await fitModel(method, backbone, data.train, {
    settings: score ? { score } : {},
    threads,
    timing,
    threshold: { rule: 'none' },
  });
  const { total, backbone: network } = timing.toJSON();
  const begin = performance.now();
  const { metrics, predictions } = await evaluate(model, data.test, { threads });
  const rate = predictions.length / ((performance.now() - begin) / 1000);
  const out = join(scratch, 'model.ad');
  await model.save(out, { embedBackbone: false });
  const bytes = readdirSync(out).reduce((sum, file) => sum + statSync(join(out, file)).size, 0);
  const text = (value) => (value === null ? '-' : value.toFixed(4));
  const found = [metrics.image_auroc, metrics.pixel_auroc, metrics.aupro].map(text).join(' | ');
  console.log(
    `${name} | ${backbone.layers.map((layer) => layer.name).join('+')} | ${found} | ` +
      `${total.toFixed(2)} (${network.toFixed(2)}) | ${rate.toFixed(1)} | ${(bytes / 1e6).toFixed(1)} | ${await compare(name, model, predictions)}`,
  );
  await model.close();
}
rmSync(scratch, { recursive: true });

/** The peer's metrics, and how alike both order the test images. */
async function compare(name, model, predictions) {
  if (!values.python || !PEERS[name]) return '- | - | -';
  const layers = model.backbone.layers.map((layer) => layer.name).join(',');
  const args = [
    peer,
    '--data',
    folder,
    '--backbone',
    values.backbone,
    '--layers',
    layers,
    '--methods',
    PEERS[name],
  ];
  const { channels } = model.fitted.state;
  if (channels) {
    const file = join(scratch, 'channels.json');
    writeFileSync(file, JSON.stringify(channels));
    args.push('--channels', file);
  }
  const own = run(args);
  // In the order of the peer's list.
  const paths = Object.keys(own.scores).map((path) => join(folder, path));
  await writeFeatures(
    model,
    data.train.map(({ path }) => path),
    'train',
  );
  await writeFeatures(model, paths, 'test');
  const same = run([...args, '--features', scratch]);
  const ours = predictions.map(({ score }) => score);
  const order = (answer) =>
    pearson(ranks(ours), ranks(predictions.map(({ path }) => answer.scores[relative(folder, path)]))).toFixed(
      5,
    );
  const metric = (key) => (own[key] === undefined ? '-' : own[key].toFixed(4));
  return `${metric('image_auroc')}, ${metric('pixel_auroc')}, ${metric('aupro')} | ${order(own)} | ${order(same)}`;
}

function run(args) {
  const options = { encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'] };
  return JSON.parse(execFileSync(values.python, args, options));
}

/** Raw fp32, one file per layer. */
async function writeFeatures({ backbone, recipe }, paths, part) {
  const files = backbone.layers.map((_, i) => openSync(join(scratch, `${part}.${i}.f32`), 'w'));
  let shapes = [];
  for await (const { maps } of features(backbone, paths, { source: (path) => path, ...recipe })) {
    for (const [i, { data }] of maps.entries()) writeSync(files[i], data);
    shapes = maps.map(({ channels, height, width }) => [paths.length, channels, height, width]);
  }
  for (const file of files) closeSync(file);
  writeFileSync(join(scratch, `${part}.json`), JSON.stringify(shapes));
}

function ranks(scores) {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a] - scores[b]);
  const rank = new Array(scores.length);
  for (const [place, i] of order.entries()) rank[i] = place;
  return rank;
}

function pearson(a, b) {
  const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const covariance = a.reduce((sum, x, i) => sum + (x - ma) * (b[i] - mb), 0);
  const spread = (values, m) => values.reduce((sum, x) => sum + (x - m) ** 2, 0);
  return covariance / Math.sqrt(spread(a, ma) * spread(b, mb));
}
