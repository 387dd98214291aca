// Logical anomalies: every part of the picture is a usual one, but one is missing, one too many, or one misplaced. Made
// by the demo's generator. Does ULSAD's branch that sees the whole image find what the local branch alone does not?
//
//   node bench/logical.mjs --backbone <resnet18 .onnx> [--settings '{"epochs":40}'] [--seed 0] [--folder DIR]
//
// Both models are the same training: the second takes it up from the first one's checkpoint and leaves the branch out.
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Backbone, evaluate, fitModel, openDataset, SeededRandom } from '@ad/models';
import sharp from 'sharp';
import { drawScene } from '../dist/demo/draw_scene.js';
import { SIZE } from '../dist/demo/frame.js';
import { Noise } from '../dist/demo/noise.js';
import { makeScene } from '../dist/demo/scene.js';

const { values } = parseArgs({
  options: {
    backbone: { type: 'string' },
    settings: { type: 'string', default: '{}' },
    seed: { type: 'string', default: '0' },
    folder: { type: 'string', default: join(tmpdir(), 'ad-logical') },
  },
});

// Corners of the plate: 0 and 1 are left, 0 and 2 above.
const DIAGONALS = [
  [0, 3],
  [1, 2],
];
const SIDES = [
  [0, 1],
  [2, 3],
  [0, 2],
  [1, 3],
];
const CORNERS = [0, 1, 2, 3];
const one = (list, random) => list[random.below(list.length)];

/**
 * The corners that are drilled. A good plate has the holes of one diagonal, so that each corner is as often seen with
 * a hole as without: what is wrong cannot be seen at any one place.
 */
const DRILLED = {
  good: (random) => one(DIAGONALS, random),
  missing: (random) => [one(CORNERS, random)],
  surplus: (random) => {
    const left = one(CORNERS, random);
    return CORNERS.filter((corner) => corner !== left);
  },
  misplaced: (random) => one(SIDES, random),
};

async function draw(file, seed, kind) {
  const random = new SeededRandom(seed);
  const scene = makeScene(noise, random);
  const drilled = DRILLED[kind](random);
  scene.plate.holes = scene.plate.holes.filter((_, i) => i >= CORNERS.length || drilled.includes(i));
  await sharp(await drawScene(scene), { raw: { width: SIZE, height: SIZE, channels: 3 } })
    .png()
    .toFile(file);
}

const noise = new Noise(new SeededRandom(0));
const groups = [
  ['train', 'good', 160],
  ['test', 'good', 40],
  ['test', 'missing', 20],
  ['test', 'surplus', 20],
  ['test', 'misplaced', 20],
];
let seed = 1;
for (const [part, kind, count] of groups) {
  const folder = join(values.folder, part, kind);
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < count; i++) await draw(join(folder, `${String(i).padStart(3, '0')}.png`), seed++, kind);
}
const data = await openDataset(values.folder);
const checkpoints = { folder: join(values.folder, `checkpoints-${values.seed}`), seconds: 60 };
for (const branches of ['both', 'local']) {
  const backbone = await Backbone.open(values.backbone, { layers: [8, 16] });
  const model = await fitModel('ulsad', backbone, data.train, {
    settings: { ...JSON.parse(values.settings), branches },
    seed: Number(values.seed),
    threshold: { rule: 'none' },
    checkpoints,
  });
  const { metrics } = await evaluate(model, data.test);
  const good = data.test.filter(({ label }) => label === 'good');
  const kinds = [];
  for (const kind of ['missing', 'surplus', 'misplaced']) {
    const bad = data.test.filter(({ path }) => path.includes(`/${kind}/`));
    const { metrics: own } = await evaluate(model, [...good, ...bad]);
    kinds.push(`${kind} ${own.image_auroc.toFixed(3)}`);
  }
  console.log(`branches ${branches}: image AUROC ${metrics.image_auroc.toFixed(4)} (${kinds.join(', ')})`);
  await model.close();
  await backbone.close();
}
