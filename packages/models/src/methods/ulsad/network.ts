import { type Layers, relu, resize, squareWindow, type Value } from '@ad/onnx/autodiff';

const kernel = (side: number) => [side, side] as const;

/** Batch normalisation of the global autoencoder: nothing to learn in it. */
const PLAIN = { affine: false, epsilon: 1e-4 } as const;

/** How the feature autoencoder ends. */
export interface LastLayer {
  /** Side of its kernel. */
  kernel: number;
  /** Whether negative values are cut off, as in table 5. */
  rectified: boolean;
}

/**
 * The feature autoencoder (paper, table 5): 2 c channels from c, the first half to resemble the features, the second
 * the global autoencoder's.
 */
export function featureAutoencoder(layers: Layers, x: Value, { kernel: side, rectified }: LastLayer): Value {
  const c = x.shape[1]!;
  const half = squareWindow(2, 1);
  let y = relu(layers.convNorm('local.encoder1', x, { channels: 2 * c, kernel: kernel(3), ...half }));
  y = relu(layers.convNorm('local.encoder2', y, { channels: 4 * c, kernel: kernel(3), ...half }));
  y = layers.convNorm('local.encoder3', y, { channels: 4 * c, kernel: kernel(3), ...squareWindow(1, 1) });
  y = relu(layers.convTransposeNorm('local.decoder1', y, { channels: 2 * c, kernel: kernel(4), ...half }));
  y = relu(layers.convTransposeNorm('local.decoder2', y, { channels: c, kernel: kernel(4), ...half }));
  const last = { channels: 2 * c, kernel: kernel(side), ...squareWindow(1, (side - 1) / 2) };
  y = layers.convTransposeNorm('local.decoder3', y, last);
  return rectified ? relu(y) : y;
}

/**
 * The global autoencoder (paper, table 6): from the image through a bottleneck of 64 numbers to the features, so that
 * it can only say what is usual for the whole image.
 *
 * @param image - `[n, 3, s, s]` with s a multiple of 32
 */
export function globalAutoencoder(layers: Layers, image: Value, channels: number, grid: number): Value {
  const side = image.shape[2]!;
  const halve = (name: string, x: Value, to: number) =>
    relu(layers.convNorm(name, x, { channels: to, kernel: kernel(4), ...squareWindow(2, 1), ...PLAIN }));
  let y = image;
  for (const [i, to] of [32, 32, 64, 64, 64].entries()) y = halve(`global.encoder${i + 1}`, y, to);
  y = relu(layers.convNorm('global.encoder6', y, { channels: 64, kernel: kernel(side / 32), ...PLAIN }));
  const sizes = [
    Math.max(1, Math.floor(side / 64) - 1),
    side / 32,
    side / 16 - 1,
    side / 8 - 1,
    side / 4 - 1,
  ];
  for (const [i, size] of sizes.entries()) {
    const options = { channels: 64, kernel: kernel(4), ...squareWindow(1, 2), ...PLAIN };
    y = relu(layers.convNorm(`global.decoder${i + 1}`, resize(y, size, size), options));
  }
  const last = { channels: 64, kernel: kernel(3), ...squareWindow(1, 1), ...PLAIN };
  y = relu(layers.convNorm('global.decoder6', resize(y, grid, grid), last));
  return layers.conv('global.decoder7', y, { channels, kernel: kernel(3), ...squareWindow(1, 1) });
}
