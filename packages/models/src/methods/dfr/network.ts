import {
  InferenceLayers,
  type Layers,
  mean,
  relu,
  square,
  sub,
  Tape,
  toModel,
  type Value,
  type Weights,
} from '@ad/onnx/autodiff';
import { FEATURES } from '../trained/collect.js';
import { type EmbeddingPlan, embed, type Scaling, scaled } from '../trained/embedding.js';
import { MAP } from '../trained/fitted.js';

const POINT = [1, 1] as const;

/** Convolutions 1 x 1 down to the latent channels and up again; no normalisation and ReLU at the bottleneck and the end. */
function autoencoder(layers: Layers, x: Value, latent: number): Value {
  const channels = x.shape[1]!;
  const middle = Math.floor((channels + 2 * latent) / 2);
  const step = (name: string, from: Value, to: number) =>
    relu(layers.convNorm(name, from, { channels: to, kernel: POINT }));
  const down = step('encoder2', step('encoder1', x, middle), 2 * latent);
  const code = layers.conv('encoder3', down, { channels: latent, kernel: POINT });
  const up = step('decoder2', step('decoder1', code, 2 * latent), middle);
  return layers.conv('decoder3', up, { channels, kernel: POINT });
}

/** The mean squared error of every position's features. */
export function dfrLoss(
  tape: Tape,
  layers: Layers,
  { channels, grid }: EmbeddingPlan,
  scaling: Scaling,
  latent: number,
  batch: number,
): Value {
  const x = scaled(tape.input(FEATURES, [batch, channels, grid.height, grid.width]), scaling);
  return mean(square(sub(autoencoder(layers, x, latent), x)));
}

/** The network that scores: the squared error of each position, averaged over its channels. */
export function dfrScorer(
  weights: Weights,
  plan: EmbeddingPlan,
  scaling: Scaling,
  latent: number,
): Uint8Array<ArrayBuffer> {
  const tape = new Tape();
  const x = scaled(embed(tape, plan, 1), scaling);
  const error = square(sub(autoencoder(new InferenceLayers(tape, weights), x, latent), x));
  tape.output(mean(error, [1]), MAP);
  return toModel(tape, { anyBatch: true }).write();
}
