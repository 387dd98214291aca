import { misfit, type Rule, type Site } from './known.js';

/** The window that an operator moves over the grid, along each spatial axis. */
export interface Window {
  kernel: readonly number[];
  strides: readonly number[];
  dilations: readonly number[];
}

/** Reads the window of a convolution or a pooling. */
export function windowOf({ node, inputs }: Site): Window | undefined {
  const rank = (inputs[0]?.shape.length ?? 0) - 2;
  const kernel = node.has('kernel_shape') ? node.ints('kernel_shape') : inputs[1]?.shape.slice(2);
  if (rank < 1 || kernel?.length !== rank) return undefined;
  const ones = kernel.map(() => 1);
  return { kernel, strides: node.ints('strides', ones), dilations: node.ints('dilations', ones) };
}

function extents(site: Site): number[] | undefined {
  const window = windowOf(site);
  if (!window) return undefined;
  const { node, inputs } = site;
  const { kernel, strides, dilations } = window;
  const pads = node.ints('pads', new Array(2 * kernel.length).fill(0));
  const auto = node.string('auto_pad', 'NOTSET');
  const round = node.int('ceil_mode', 0) ? Math.ceil : Math.floor;
  return inputs[0]!.shape.slice(2).map((extent, i) => {
    const [stride, span] = [strides[i]!, (kernel[i]! - 1) * dilations[i]! + 1];
    if (auto.startsWith('SAME')) return Math.ceil(extent / stride);
    const padded = auto === 'VALID' ? extent : extent + (pads[i] ?? 0) + (pads[i + kernel.length] ?? 0);
    if (!(span <= padded))
      throw misfit(node, `its window of ${span} is wider than the padded input of ${padded}`);
    const steps = round((padded - span) / stride) + 1;
    // Rounded up, the last window would begin in the padding behind the input: it is left out.
    const begins = (steps - 1) * stride >= extent + (pads[i] ?? 0);
    return round === Math.ceil && begins ? steps - 1 : steps;
  });
}

const conv: Rule = (site) => {
  const { node, inputs } = site;
  const [x, weight] = inputs;
  if (!x || !weight) return undefined;
  const group = node.int('group', 1);
  if (x.shape.length !== weight.shape.length || x.shape[1] !== weight.shape[1]! * group) {
    throw misfit(node, `its input is [${x.shape}], its weight [${weight.shape}] in ${group} groups`);
  }
  const grid = extents(site);
  return grid && [{ shape: [x.shape[0]!, weight.shape[0]!, ...grid], type: x.type }];
};

const convTranspose: Rule = (site) => {
  const { node, inputs } = site;
  const [x, weight] = inputs;
  const window = windowOf(site);
  if (!x || !weight || !window) return undefined;
  const { kernel, strides, dilations } = window;
  const zeros = new Array(kernel.length).fill(0);
  const pads = node.ints('pads', [...zeros, ...zeros]);
  const extra = node.ints('output_padding', zeros);
  const grid = node.has('output_shape')
    ? node.ints('output_shape')
    : x.shape.slice(2).map((extent, i) => {
        const full = (extent - 1) * strides[i]! + (kernel[i]! - 1) * dilations[i]! + 1 + extra[i]!;
        return full - pads[i]! - pads[i + kernel.length]!;
      });
  return [{ shape: [x.shape[0]!, weight.shape[1]! * node.int('group', 1), ...grid], type: x.type }];
};

const pool: Rule = (site) => {
  const [x] = site.inputs;
  const grid = x && extents(site);
  if (!grid) return undefined;
  const shape = [...x.shape.slice(0, 2), ...grid];
  return [
    { shape, type: x.type },
    { shape, type: 'int64' },
  ];
};

const globalPool: Rule = ({ inputs: [x] }) =>
  x && [{ shape: [...x.shape.slice(0, 2), ...x.shape.slice(2).map(() => 1)], type: x.type }];

/** Convolutions and poolings. */
export const windowRules: Record<string, Rule> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: pool,
  AveragePool: pool,
  LpPool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
};
