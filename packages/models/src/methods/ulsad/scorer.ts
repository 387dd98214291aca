import { quantileThreshold } from '@ad/metrics';
import { add, InferenceLayers, scale, sub, Tape, toModel, type Value, type Weights } from '@ad/onnx/autodiff';
import { Inference } from '../../backbone/inference.js';
import { FEATURES, IMAGE } from '../trained/collect.js';
import { type EmbeddingPlan, embed, type Scaling, scaled } from '../trained/embedding.js';
import type { Examples } from '../trained/fit.js';
import { MAP } from '../trained/fitted.js';
import { distance, halves } from './loss.js';
import { featureAutoencoder, globalAutoencoder, type LastLayer } from './network.js';

/** What the networks are beside their weights. */
export interface ULSADTask {
  embedding: EmbeddingPlan;
  scaling: Scaling;
  /** Side of the image. */
  side: number;
  last: LastLayer;
  branches: 'both' | 'local';
}

/** Levels of the quantiles that normal pixels lie below, and that only highly abnormal ones exceed (section 4.1). */
const ALPHA = 0.9;
const BETA = 0.995;

/** Maps of the two branches (equations 7 and 8). */
function branchMaps(weights: Weights, features: Value, image: Value, task: ULSADTask): [Value, Value] {
  const layers = new InferenceLayers(features.tape, weights);
  const [local, shared] = halves(featureAutoencoder(layers, features, task.last));
  const global = globalAutoencoder(layers, image, features.shape[1]!, features.shape[2]!);
  return [distance(features, local), distance(global, shared)];
}

/**
 * The network that scores: each branch's map is shifted and scaled by the quantiles of its pixels over good images
 * that were not learned from, so that 0 and 0.1 mean the same in both, and the two are averaged (section 3.5).
 */
export async function ulsadScorer(
  weights: Weights,
  task: ULSADTask,
  examples: Examples,
  threads: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const ranges = await rangesOf(weights, task, examples, threads);
  const tape = new Tape();
  const image = tape.input(IMAGE, [1, 3, task.side, task.side]);
  const features = scaled(embed(tape, task.embedding, 1), task.scaling);
  const maps = branchMaps(weights, features, image, task).map((map, i) => {
    const [low, high] = ranges[i]!;
    // A branch that is the same everywhere on good images has no range to be measured by.
    return scale(sub(map, tape.scalar(low)), 0.1 / (high - low || 1));
  }) as [Value, Value];
  tape.output(task.branches === 'both' ? scale(add(...maps), 0.5) : maps[0], MAP);
  return toModel(tape, { anyBatch: true }).write();
}

/** The quantiles of each branch's pixels. */
async function rangesOf(
  weights: Weights,
  { embedding: { grid, channels }, ...task }: ULSADTask,
  { store, heldOut }: Examples,
  threads: number,
): Promise<[number, number][]> {
  const tape = new Tape();
  const image = tape.input(IMAGE, [1, 3, task.side, task.side]);
  const features = scaled(tape.input(FEATURES, [1, channels, grid.height, grid.width]), task.scaling);
  const names = ['local', 'global'];
  branchMaps(weights, features, image, { ...task, embedding: { layers: [], grid, channels } }).forEach(
    (map, i) => {
      tape.output(map, names[i]!);
    },
  );
  const inference = await Inference.start(toModel(tape).write(), { threads, provider: 'cpu' });
  const pixels: number[][] = [[], []];
  try {
    for (const example of heldOut) {
      const batch = await store.batch([example]);
      const inputs = [batch[IMAGE]!, batch[FEATURES]!].map(({ data, shape }) => ({
        data: data as Float32Array<ArrayBuffer>,
        shape: [...shape],
      }));
      const { outputs } = await inference.run(inputs, names);
      outputs.forEach(({ data }, i) => void pixels[i]!.push(...data));
    }
  } finally {
    await inference.close();
  }
  return pixels.map((values) => [quantileThreshold(values, ALPHA), quantileThreshold(values, BETA)]);
}
