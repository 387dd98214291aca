import { OnnxError } from '../../errors.js';
import { concat, matmul, one, pad, reduce, reshape, rotated, slice, transpose } from '../raw.js';
import type { Value } from '../tape.js';
import { attributesOf, type Geometry, geometryOf, type Window, windowsOn } from './window.js';

/** See {@link conv}. */
export interface ConvOptions extends Window {
  bias?: Value | undefined;
  /** 1, or the number of input channels: a depthwise convolution. */
  group?: number | undefined;
}

/**
 * Cross-correlation y = w * x + b, `[n, c, h, w]` by `[k, c / group, kh, kw]`.
 *
 * dx = transposed convolution of dy with w; dw = correlation of x with dy; db = sum of dy over images and grid.
 */
export function conv(x: Value, w: Value, { bias, group = 1, ...window }: ConvOptions = {}): Value {
  const [c, k] = [x.shape[1]!, w.shape[0]!];
  if (w.shape[1]! * group !== c)
    throw new OnnxError('E_ONNX_GRAPH', `Weights [${w.shape}] do not suit an input [${x.shape}].`);
  if (group !== 1 && (group !== c || k !== c))
    throw new OnnxError(
      'E_ONNX_GRAPH',
      `A convolution in ${group} groups of ${c} channels has no gradient here; expected 1 or ${c} groups.`,
    );
  const geometry = geometryOf(w.shape.slice(2), window);
  const y = rawConv(x, w, geometry, group, bias);
  return x.tape.record(bias ? [x, w, bias] : [x, w], y, (dy, needed) => [
    needed[0] ? inputGradient(x.shape, w, dy, geometry, group) : null,
    needed[1] ? weightGradient(x, dy, w.shape, geometry, group) : null,
    needed[2] ? reduce('ReduceSum', dy, [0, 2, 3], false) : null,
  ]);
}

/**
 * Transposed convolution, `[n, c, h, w]` by `[c, k, kh, kw]`: the gradient of {@link conv} as an operator of its own.
 * Its gradients are a convolution of dy with w, and the weight gradient of that convolution.
 */
export function convTranspose(
  x: Value,
  w: Value,
  { bias, ...window }: Omit<ConvOptions, 'group'> = {},
): Value {
  const geometry = geometryOf(w.shape.slice(2), window);
  const { strides, pads, spans } = geometry;
  const out = [0, 1].map((i) => (x.shape[i + 2]! - 1) * strides[i]! - pads[i]! - pads[i + 2]! + spans[i]!);
  const shape = [x.shape[0]!, w.shape[1]!, ...out];
  const y = bias ? rawTransposed(x, w, geometry, out, 1, bias) : inputGradient(shape, w, x, geometry, 1);
  return x.tape.record(bias ? [x, w, bias] : [x, w], y, (dy, needed) => [
    needed[0] ? rawConv(dy, w, geometry, 1) : null,
    needed[1] ? weightGradient(dy, x, w.shape, geometry, 1) : null,
    needed[2] ? reduce('ReduceSum', dy, [0, 2, 3], false) : null,
  ]);
}

function rawConv(x: Value, w: Value, geometry: Geometry, group: number, bias?: Value): Value {
  const shape = [x.shape[0]!, w.shape[0]!, ...windowsOn(x.shape.slice(2), geometry)];
  const attributes = { ...attributesOf(geometry), kernel_shape: w.shape.slice(2), group };
  return one('Conv', bias ? [x, w, bias] : [x, w], shape, attributes);
}

function rawTransposed(
  x: Value,
  w: Value,
  geometry: Geometry,
  out: number[],
  group: number,
  bias?: Value,
): Value {
  const { strides, pads, spans } = geometry;
  const least = [0, 1].map((i) => (x.shape[i + 2]! - 1) * strides[i]! - pads[i]! - pads[i + 2]! + spans[i]!);
  const attributes = {
    ...attributesOf(geometry),
    kernel_shape: w.shape.slice(2),
    group,
    output_padding: out.map((length, i) => length - least[i]!),
  };
  const shape = [x.shape[0]!, w.shape[1]! * group, ...out];
  return one('ConvTranspose', bias ? [x, w, bias] : [x, w], shape, attributes);
}

/** At stride 1 a convolution with the kernel turned by half a turn is faster than the transposed one. */
function inputGradient(
  shape: readonly number[],
  w: Value,
  dy: Value,
  geometry: Geometry,
  group: number,
): Value {
  const { strides, pads, spans, dilations } = geometry;
  const opposite = [
    spans[0] - 1 - pads[0],
    spans[1] - 1 - pads[1],
    spans[0] - 1 - pads[2],
    spans[1] - 1 - pads[3],
  ];
  if (group === 1 && strides.every((stride) => stride === 1) && opposite.every((width) => width >= 0)) {
    const across = transpose(w, [1, 0, 2, 3]);
    const kernel = w.shape[2] === 1 && w.shape[3] === 1 ? across : rotated(across);
    const back = geometryOf(w.shape.slice(2), { pads: opposite as unknown as Geometry['pads'], dilations });
    return rawConv(dy, kernel, back, 1);
  }
  return rawTransposed(dy, w, geometry, shape.slice(2) as number[], group);
}

/** dL/dw of y = conv(x, w). Which form is fastest was measured; all are the same sum. */
function weightGradient(
  x: Value,
  dy: Value,
  shape: readonly number[],
  geometry: Geometry,
  group: number,
): Value {
  const [, , kh, kw] = shape as [number, number, number, number];
  const { pads, dilations } = geometry;
  if (group > 1) return depthwise(x, dy, shape, geometry);
  if (kh === 1 && kw === 1 && pads.every((width) => width === 0)) return pointwise(x, dy, shape, geometry);
  const fewChannels = x.shape[1]! <= 8 && kh > 3 && kw > 3;
  if (fewChannels && dilations.every((step) => step === 1)) return imagesAsChannels(x, dy, shape, geometry);
  return byTaps(x, dy, shape, geometry);
}

/** A 1x1 kernel: dw = sum over images of dy x^T. */
function pointwise(x: Value, dy: Value, shape: readonly number[], geometry: Geometry): Value {
  const [n, k, ho, wo] = dy.shape as [number, number, number, number];
  const seen = tap(x, 0, 0, [ho, wo], geometry, [2, 3]);
  const rows = transpose(reshape(seen, [n, x.shape[1]!, ho * wo]), [0, 2, 1]);
  return reshape(reduce('ReduceSum', matmul(reshape(dy, [n, k, ho * wo]), rows), [0], false), shape);
}

/** Few channels under a big kernel: images take the place of channels, and the stride becomes a dilation. */
function imagesAsChannels(x: Value, dy: Value, shape: readonly number[], { pads, strides }: Geometry): Value {
  const swapped = [x, dy].map((value) => transpose(value, [1, 0, 2, 3])) as [Value, Value];
  const found = rawConv(
    swapped[0],
    swapped[1],
    geometryOf(dy.shape.slice(2), { pads, dilations: strides }),
    1,
  );
  // Rows that no window of the stride reaches give more kernel positions than there are.
  const kernel = shape.slice(2);
  const cut =
    found.shape[2] === kernel[0] && found.shape[3] === kernel[1]
      ? found
      : slice(found, [0, 0], kernel, [2, 3]);
  return transpose(cut, [1, 0, 2, 3]);
}

/** One product per kernel position: dw[:, :, i, j] = dy x_ij, with channels last so that each is one MatMul. */
function byTaps(x: Value, dy: Value, shape: readonly number[], geometry: Geometry): Value {
  const [k, c, kh, kw] = shape as [number, number, number, number];
  const [n, , ho, wo] = dy.shape as [number, number, number, number];
  const { pads } = geometry;
  const left = reshape(transpose(dy, [1, 0, 2, 3]), [k, n * ho * wo]);
  const last = pad(transpose(x, [0, 2, 3, 1]), [0, pads[0], pads[1], 0], [0, pads[2], pads[3], 0]);
  const taps = positions(kh, kw).map(([i, j]) => {
    const right = reshape(tap(last, i, j, [ho, wo], geometry, [1, 2]), [n * ho * wo, c]);
    return reshape(matmul(left, right), [k, c, 1]);
  });
  return reshape(taps.length > 1 ? concat(taps, 2) : taps[0]!, shape);
}

/** One channel each: dw[c, 0, i, j] = sum over images and grid of x_ij dy. */
function depthwise(x: Value, dy: Value, shape: readonly number[], geometry: Geometry): Value {
  const [c, , kh, kw] = shape as [number, number, number, number];
  const { pads } = geometry;
  const padded = pad(x, [0, 0, pads[0], pads[1]], [0, 0, pads[2], pads[3]]);
  const taps = positions(kh, kw).map(([i, j]) => {
    const seen = tap(padded, i, j, dy.shape.slice(2), geometry, [2, 3]);
    return reshape(reduce('ReduceSum', one('Mul', [seen, dy], dy.shape), [0, 2, 3], false), [c, 1]);
  });
  return reshape(taps.length > 1 ? concat(taps, 1) : taps[0]!, shape);
}

function positions(kh: number, kw: number): [number, number][] {
  return Array.from({ length: kh * kw }, (_, at) => [Math.floor(at / kw), at % kw]);
}

/** What the kernel's position (i, j) sees as the window moves. */
function tap(
  x: Value,
  i: number,
  j: number,
  out: readonly number[],
  geometry: Geometry,
  axes: [number, number],
): Value {
  const { strides, dilations } = geometry;
  const starts = [i * dilations[0], j * dilations[1]];
  const ends = starts.map((start, a) => start + strides[a]! * (out[a]! - 1) + 1);
  const whole = axes.every((axis, a) => starts[a] === 0 && ends[a] === x.shape[axis] && strides[a] === 1);
  return whole ? x : slice(x, starts, ends, axes, strides);
}
