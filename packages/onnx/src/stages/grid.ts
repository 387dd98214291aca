import type { Known } from '../shapes/known.js';

/** How a tensor holds a grid of feature vectors. */
export interface Grid {
  /** `nchw` as it is; `nhwc` channels last; `tokens` a list `[n, t, c]`, row by row, perhaps behind special tokens. */
  layout: 'nchw' | 'nhwc' | 'tokens';
  channels: number;
  height: number;
  width: number;
  /** Input pixels per grid step. */
  stride: number;
  /** Class and register tokens before the grid. */
  prefix: number;
}

/** A class token, one for distillation, and registers. */
const MOST_SPECIAL = 64;

/** Height and width of the input in pixels. */
export interface InputSize {
  height: number;
  width: number;
}

/**
 * Reads the grid of a tensor, if it has one. Both axes of a grid are the input's, divided by one stride; where the
 * number of channels equals the extents, channels first is assumed.
 *
 * @param patches - grid of the patch embedding, which lists of tokens are measured by
 */
export function gridOf(known: Known | undefined, input: InputSize, patches?: Grid): Grid | undefined {
  if (!known || known.shape[0] === 0) return undefined;
  const { shape } = known;
  if (shape.length === 4) {
    const [, a, b, c] = shape as [number, number, number, number];
    return regular('nchw', a, b, c, input) ?? regular('nhwc', c, a, b, input);
  }
  if (shape.length !== 3 || !patches) return undefined;
  const [, tokens, channels] = shape as [number, number, number];
  // Windowed transformers halve the grid on the way; they have no special tokens.
  for (let { height, width, stride } = patches; height >= 1 && width >= 1; stride *= 2) {
    const prefix = tokens - height * width;
    const special = prefix > 0 && prefix <= MOST_SPECIAL && channels === patches.channels;
    if (prefix === 0 || (special && stride === patches.stride)) {
      const layout = 'tokens';
      return { layout, channels, height, width, stride, prefix };
    }
    [height, width] = [height / 2, width / 2];
  }
  return undefined;
}

function regular(
  layout: Grid['layout'],
  channels: number,
  height: number,
  width: number,
  input: InputSize,
): Grid | undefined {
  if (channels < 1 || height < 2 || width < 2) return undefined;
  const [down, across] = [input.height / height, input.width / width];
  // Borders that are not padded take a few steps away.
  const alike = Math.abs(down / across - 1) < 0.1;
  return alike ? { layout, channels, height, width, stride: Math.round(down), prefix: 0 } : undefined;
}
