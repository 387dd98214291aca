/** A tensor in double precision. */
export interface Tensor64 {
  data: Float64Array;
  shape: readonly number[];
}

// biome-ignore lint/suspicious/noExplicitAny: attributes of every operator
type Attributes = Record<string, any>;
type Operator = (inputs: Tensor64[], attributes: Attributes) => Tensor64[];

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Row-major steps of each axis. */
function stepsOf(shape: readonly number[]): number[] {
  const steps = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    steps[axis] = step;
    step *= shape[axis]!;
  }
  return steps;
}

/** A tensor from a function of its indices. */
function make(shape: readonly number[], value: (index: number[]) => number): Tensor64 {
  const data = new Float64Array(size(shape));
  const index = new Array<number>(shape.length).fill(0);
  for (let at = 0; at < data.length; at++) {
    data[at] = value(index);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return { data, shape };
}

/** A value by its index; axes of length 1 and missing leading axes broadcast. */
function reader({ data, shape }: Tensor64): (index: readonly number[]) => number {
  const steps = stepsOf(shape);
  return (index) => {
    const skip = index.length - shape.length;
    let at = 0;
    for (let axis = 0; axis < shape.length; axis++)
      if (shape[axis] !== 1) at += steps[axis]! * index[axis + skip]!;
    return data[at]!;
  };
}

function broadcast(shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) =>
    Math.max(...shapes.map((shape) => shape[i - rank + shape.length] ?? 1)),
  );
}

const elementwise =
  (f: (...values: number[]) => number): Operator =>
  (inputs) => {
    const read = inputs.map(reader);
    return [
      make(broadcast(inputs.map(({ shape }) => shape)), (index) => f(...read.map((get) => get(index)))),
    ];
  };

/** Folds over axes; `finish` gets the fold and how many values were in it. */
const reduction =
  (step: (sum: number, value: number) => number, finish: (sum: number, count: number) => number): Operator =>
  ([x, axes], { keepdims }) => {
    const { data, shape } = x!;
    const over = [...axes!.data];
    const kept = shape.map((length, axis) => (over.includes(axis) ? 1 : length));
    const steps = stepsOf(kept);
    const sums = new Float64Array(size(kept));
    const index = new Array<number>(shape.length).fill(0);
    for (let at = 0; at < data.length; at++) {
      const to = kept.reduce(
        (sum, length, axis) => sum + (length === 1 ? 0 : steps[axis]! * index[axis]!),
        0,
      );
      sums[to] = step(sums[to]!, data[at]!);
      for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
    }
    const count = data.length / sums.length;
    const squeezed = shape.flatMap((length, axis) =>
      over.includes(axis) ? (keepdims ? [1] : []) : [length],
    );
    return [{ data: sums.map((sum) => finish(sum, count)), shape: squeezed }];
  };

interface Window {
  strides: number[];
  pads: number[];
  dilations: number[];
  kernel_shape: number[];
  group: number;
  output_padding: number[];
}

/** Calls back with every (output cell, input cell) pair that a kernel position joins. */
function slide(
  out: readonly number[],
  grid: readonly number[],
  { strides, pads, dilations, kernel_shape }: Window,
  pair: (y: number, x: number, i: number, j: number, from: number, across: number) => void,
): void {
  for (let y = 0; y < out[0]!; y++)
    for (let x = 0; x < out[1]!; x++)
      for (let i = 0; i < kernel_shape[0]!; i++)
        for (let j = 0; j < kernel_shape[1]!; j++) {
          const row = y * strides[0]! - pads[0]! + i * dilations[0]!;
          const column = x * strides[1]! - pads[1]! + j * dilations[1]!;
          if (row >= 0 && row < grid[0]! && column >= 0 && column < grid[1]!) pair(y, x, i, j, row, column);
        }
}

function windows(grid: readonly number[], { strides, pads, dilations, kernel_shape }: Window): number[] {
  return grid.map(
    (length, a) =>
      Math.floor(
        (length + pads[a]! + pads[a + 2]! - dilations[a]! * (kernel_shape[a]! - 1) - 1) / strides[a]!,
      ) + 1,
  );
}

const conv: Operator = ([x, w, b], attributes) => {
  const at = attributes as Window;
  const [n, c, h, wide] = x!.shape as [number, number, number, number];
  const [k, per, kh, kw] = w!.shape as [number, number, number, number];
  const [ho, wo] = windows([h, wide], at) as [number, number];
  const y = new Float64Array(n * k * ho * wo).map((_, i) => b?.data[Math.floor(i / (ho * wo)) % k] ?? 0);
  slide([ho, wo], [h, wide], at, (r, s, i, j, row, column) => {
    for (let image = 0; image < n; image++)
      for (let o = 0; o < k; o++)
        for (let q = 0; q < per; q++) {
          const from = Math.floor(o / (k / at.group)) * per + q;
          y[((image * k + o) * ho + r) * wo + s]! +=
            w!.data[((o * per + q) * kh + i) * kw + j]! *
            x!.data[((image * c + from) * h + row) * wide + column]!;
        }
  });
  return [{ data: y, shape: [n, k, ho, wo] }];
};

const convTranspose: Operator = ([x, w, b], attributes) => {
  const at = attributes as Window;
  const [n, c, h, wide] = x!.shape as [number, number, number, number];
  const [, per, kh, kw] = w!.shape as [number, number, number, number];
  const k = per * at.group;
  const out = [h, wide].map(
    (length, a) =>
      (length - 1) * at.strides[a]! -
      at.pads[a]! -
      at.pads[a + 2]! +
      at.dilations[a]! * (at.kernel_shape[a]! - 1) +
      1 +
      at.output_padding[a]!,
  );
  const [ho, wo] = out as [number, number];
  const y = new Float64Array(n * k * ho * wo).map((_, i) => b?.data[Math.floor(i / (ho * wo)) % k] ?? 0);
  slide([h, wide], out, at, (r, s, i, j, row, column) => {
    for (let image = 0; image < n; image++)
      for (let from = 0; from < c; from++)
        for (let q = 0; q < per; q++) {
          const o = Math.floor(from / (c / at.group)) * per + q;
          y[((image * k + o) * ho + row) * wo + column]! +=
            w!.data[((from * per + q) * kh + i) * kw + j]! *
            x!.data[((image * c + from) * h + r) * wide + s]!;
        }
  });
  return [{ data: y, shape: [n, k, ho, wo] }];
};

const maxPool: Operator = ([x], attributes) => {
  const at = attributes as Window;
  const [n, c, h, wide] = x!.shape as [number, number, number, number];
  const [ho, wo] = windows([h, wide], at) as [number, number];
  const y = new Float64Array(n * c * ho * wo).fill(Number.NEGATIVE_INFINITY);
  const where = new Float64Array(y.length);
  slide([ho, wo], [h, wide], at, (r, s, _i, _j, row, column) => {
    for (let plane = 0; plane < n * c; plane++) {
      const [to, from] = [(plane * ho + r) * wo + s, (plane * h + row) * wide + column];
      if (x!.data[from]! > y[to]!) [y[to], where[to]] = [x!.data[from]!, from];
    }
  });
  return [y, where].map((data) => ({ data, shape: [n, c, ho, wo] }));
};

const batchNormalization: Operator = ([x, gamma, beta, mean, variance], attributes) => {
  const { float } = attributes.epsilon as { float: number };
  const read = reader(x!);
  return [
    make(x!.shape, (index) => {
      const c = index[1]!;
      return (
        (gamma!.data[c]! * (read(index) - mean!.data[c]!)) / Math.sqrt(variance!.data[c]! + float) +
        beta!.data[c]!
      );
    }),
  ];
};

const matmul: Operator = ([a, b]) => {
  const [p, q] = [reader(a!), reader(b!)];
  const inner = a!.shape.at(-1)!;
  const batch = broadcast([a!.shape.slice(0, -2), b!.shape.slice(0, -2)]);
  return [
    make([...batch, a!.shape.at(-2)!, b!.shape.at(-1)!], (index) => {
      const [head, i, j] = [index.slice(0, -2), index.at(-2)!, index.at(-1)!];
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += p([...head, i, k]) * q([...head, k, j]);
      return sum;
    }),
  ];
};

const softmax: Operator = ([x]) => {
  const length = x!.shape.at(-1)!;
  const data = x!.data.slice();
  for (let row = 0; row < data.length; row += length) {
    const part = data.subarray(row, row + length);
    const top = Math.max(...part);
    const total = part.reduce((sum, value) => sum + Math.exp(value - top), 0);
    part.forEach((value, i) => void (part[i] = Math.exp(value - top) / total));
  }
  return [{ data, shape: x!.shape }];
};

const slice: Operator = ([x, starts, ends, axes, steps]) => {
  const shape = [...x!.shape];
  const first = shape.map(() => 0);
  const stride = shape.map(() => 1);
  [...axes!.data].forEach((axis, i) => {
    const [length, step] = [x!.shape[axis]!, steps!.data[i]!];
    const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
    const place = (value: number) => Math.min(Math.max(value < 0 ? value + length : value, low), high);
    first[axis] = place(starts!.data[i]!);
    stride[axis] = step;
    shape[axis] = Math.ceil((place(ends!.data[i]!) - first[axis]!) / step);
  });
  const read = reader(x!);
  return [make(shape, (index) => read(index.map((i, axis) => first[axis]! + i * stride[axis]!)))];
};

const concat: Operator = (inputs, { axis }) => {
  const shape = [...inputs[0]!.shape];
  shape[axis] = inputs.reduce((sum, input) => sum + input.shape[axis]!, 0);
  const read = inputs.map(reader);
  return [
    make(shape, (index) => {
      let [part, at] = [0, index[axis]!];
      while (at >= inputs[part]!.shape[axis]!) at -= inputs[part++]!.shape[axis]!;
      return read[part]!(index.with(axis, at));
    }),
  ];
};

const pad: Operator = ([x, widths]) => {
  const rank = x!.shape.length;
  const shape = x!.shape.map((length, axis) => length + widths!.data[axis]! + widths!.data[axis + rank]!);
  const read = reader(x!);
  return [
    make(shape, (index) => {
      const from = index.map((i, axis) => i - widths!.data[axis]!);
      return from.every((i, axis) => i >= 0 && i < x!.shape[axis]!) ? read(from) : 0;
    }),
  ];
};

const transpose: Operator = ([x], { perm }) => {
  const order = perm as number[];
  const read = reader(x!);
  const source = new Array<number>(order.length);
  return [
    make(
      order.map((axis) => x!.shape[axis]!),
      (index) => {
        order.forEach((axis, i) => void (source[axis] = index[i]!));
        return read(source);
      },
    ),
  ];
};

const scatter: Operator = ([x, where, updates]) => {
  const data = x!.data.slice();
  where!.data.forEach((to, i) => void (data[to]! += updates!.data[i]!));
  return [{ data, shape: x!.shape }];
};

/** Bilinear, half-pixel centres, borders clamped. */
const resize: Operator = ([x, , , sizes]) => {
  const [, , h, w] = x!.shape as [number, number, number, number];
  const [ho, wo] = sizes!.data as unknown as [number, number];
  const read = reader(x!);
  const around = (i: number, from: number, to: number) => {
    const place = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(place);
    return { low, high: Math.min(low + 1, from - 1), share: place - low };
  };
  return [
    make([...x!.shape.slice(0, 2), ho, wo], ([n, c, y, z]) => {
      const [down, across] = [around(y!, h, ho), around(z!, w, wo)];
      const row = (at: number) =>
        read([n!, c!, at, across.low]) * (1 - across.share) + read([n!, c!, at, across.high]) * across.share;
      return row(down.low) * (1 - down.share) + row(down.high) * down.share;
    }),
  ];
};

export const OPERATORS: Record<string, Operator> = {
  Add: elementwise((a, b) => a! + b!),
  Sub: elementwise((a, b) => a! - b!),
  Mul: elementwise((a, b) => a! * b!),
  Div: elementwise((a, b) => a! / b!),
  Max: elementwise(Math.max),
  Greater: elementwise((a, b) => Number(a! > b!)),
  Clip: elementwise((x, low, high) => Math.min(Math.max(x!, low!), high!)),
  Identity: elementwise((x) => x!),
  Cast: elementwise((x) => x!),
  Neg: elementwise((x) => -x!),
  Relu: elementwise((x) => Math.max(x!, 0)),
  Sqrt: elementwise(Math.sqrt),
  Reciprocal: elementwise((x) => 1 / x!),
  LeakyRelu: (inputs, { alpha }) =>
    elementwise((x) => (x! > 0 ? x! : (alpha as { float: number }).float * x!))(inputs, {}),
  ReduceSum: reduction(
    (sum, value) => sum + value,
    (sum) => sum,
  ),
  ReduceMean: reduction(
    (sum, value) => sum + value,
    (sum, count) => sum / count,
  ),
  ReduceL2: reduction((sum, value) => sum + value * value, Math.sqrt),
  Reshape: ([x, shape]) => [{ data: x!.data, shape: [...shape!.data] }],
  Expand: ([x, shape]) => [make([...shape!.data], reader(x!))],
  BatchNormalization: batchNormalization,
  Concat: concat,
  Conv: conv,
  ConvTranspose: convTranspose,
  MatMul: matmul,
  MaxPool: maxPool,
  Pad: pad,
  Resize: resize,
  ScatterElements: scatter,
  Slice: slice,
  Softmax: softmax,
  Transpose: transpose,
};
