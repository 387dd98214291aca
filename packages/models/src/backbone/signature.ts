import { AdError } from '@ad/core-native';
import type { Size } from '../image/index.js';
import type { InferenceOutput, ModelSignature } from './inference.js';

/** What an ONNX file fixes of its image input. */
export interface InputSpec {
  /** The file takes one image at a time. */
  singleImage: boolean;
  /** The only size that the file takes, if it fixes one. */
  fixed: Size | undefined;
}

/** Reads the image input out of a signature, or says what is there instead. */
export function inputSpec(backbone: string, signature: ModelSignature): InputSpec {
  const input = signature.inputs[0];
  const [batch, channels, height, width] = input?.shape ?? [];
  const known = (axis: number | string | undefined): axis is number => typeof axis === 'number' && axis > 0;
  const suits =
    signature.inputs.length === 1 &&
    input?.type === 'float32' &&
    input.shape.length === 4 &&
    (!known(channels) || channels === 3) &&
    (!known(batch) || batch === 1);
  if (!suits) {
    const found = signature.inputs.map((i) => `${i.name}: ${i.type} [${i.shape.join(', ')}]`).join('; ');
    throw new AdError(
      'E_BACKBONE',
      `The backbone '${backbone}' has the input ${found || '(none)'}; expected one float32 input [n, 3, h, w].`,
      'Export the network with a single RGB image input in NCHW layout, with a free batch axis or a batch of 1.',
    );
  }
  return { singleImage: known(batch), fixed: known(height) && known(width) ? { height, width } : undefined };
}

/** Refuses layer names that the file does not have, or that are given twice. */
export function checkLayerNames(
  backbone: string,
  wanted: readonly string[],
  signature: { outputs: readonly { name: string }[] },
): void {
  const has = signature.outputs.map((output) => output.name);
  const complain = (what: string) => {
    throw new AdError('E_BACKBONE_LAYER', what, `Name some of these with --layers: ${has.join(', ')}.`);
  };
  if (wanted.length === 0) complain('No layer was named.');
  for (const layer of wanted) {
    if (!has.includes(layer))
      complain(`The backbone '${backbone}' has no output '${layer}'. It has: ${has.join(', ')}.`);
  }
  if (new Set(wanted).size < wanted.length) complain(`A layer is named twice in ${wanted.join(', ')}.`);
}

/** True for `[n, c, h, w]` with a grid. */
export function isFeatureMap(output: InferenceOutput): boolean {
  return output.shape.length === 4;
}

/** Refuses an output that has no grid: a pooled vector or class scores. */
export function checkFeatureMap(backbone: string, layer: string, output: InferenceOutput): void {
  if (isFeatureMap(output)) return;
  throw new AdError(
    'E_BACKBONE_LAYER',
    `The output '${layer}' of the backbone '${backbone}' has the shape [${output.shape.join(', ')}]; expected a feature map [n, c, h, w].`,
    'Name outputs that are feature maps, before any pooling or flattening.',
  );
}
