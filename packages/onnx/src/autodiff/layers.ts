import type { Window } from './ops/window.js';
import type { Value } from './tape.js';

/** A convolution by name; its input channels are those of what it is given. */
export interface LayerOptions extends Window {
  /** Output channels. */
  channels: number;
  kernel: readonly [number, number];
  /** See {@link ConvOptions.group}. */
  group?: number | undefined;
}

/** A layer that is followed by batch normalisation. */
export interface NormLayerOptions extends LayerOptions {
  /** Added to the variance; default 1e-5. */
  epsilon?: number | undefined;
  /** Whether the normalisation has a slope and an offset that are learned; default true. */
  affine?: boolean | undefined;
}

/**
 * What a network is written in. One description then serves twice: `TrainingLayers` makes it learn, `InferenceLayers`
 * builds it from what was learned, with batch normalisation folded into the convolutions.
 *
 * Parameters are named after their layer: `<name>.weight`, `.bias`; of the normalisation `.gamma`, `.beta`, and the
 * running statistics `.mean`, `.variance`.
 */
export interface Layers {
  /** A convolution with bias. */
  conv(name: string, x: Value, options: LayerOptions): Value;
  /** A convolution and batch normalisation. */
  convNorm(name: string, x: Value, options: NormLayerOptions): Value;
  /** A transposed convolution and batch normalisation. */
  convTransposeNorm(name: string, x: Value, options: Omit<NormLayerOptions, 'group'>): Value;
}
