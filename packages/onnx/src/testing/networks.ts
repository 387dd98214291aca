import { type Graph, Model } from '../index.js';

/** Tiny networks with the topology of the families that people export. Weights are random but repeatable. */
class Builder {
  readonly model: Model;
  readonly graph: Graph;
  #seed = 1;

  constructor(shape: (number | string)[] = ['n', 3, 'h', 'w']) {
    this.model = Model.create({ opset: 17, producer: 'pytorch' });
    this.graph = this.model.graph;
    this.graph.input('input', 'float32', shape);
  }

  weights(...dims: number[]): string {
    const count = dims.reduce((a, b) => a * b, 1);
    const scale = Math.sqrt(6 / Math.max(1, count / dims[0]!));
    const values = Float32Array.from({ length: count }, () => {
      this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0;
      return (this.#seed / 2 ** 31 - 1) * scale;
    });
    return this.graph.constant('float32', dims, values, 'weight');
  }

  ints(...values: number[]): string {
    return this.graph.constant('int64', [values.length], values, 'ints');
  }

  conv(
    x: string,
    from: number,
    to: number,
    kernel: number,
    stride = 1,
    group = 1,
    pad = kernel >> 1,
  ): string {
    const pads = [pad, pad, pad, pad];
    return this.graph.add('Conv', [x, this.weights(to, from / group, kernel, kernel)], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads,
      group,
    });
  }

  relu(x: string): string {
    return this.graph.add('Relu', [x]);
  }

  add(a: string, b: string): string {
    return this.graph.add('Add', [a, b]);
  }

  pool(op: 'MaxPool' | 'AveragePool', x: string, kernel = 2, stride = 2, pad = 0): string {
    const pads = [pad, pad, pad, pad];
    return this.graph.add(op, [x], { kernel_shape: [kernel, kernel], strides: [stride, stride], pads });
  }

  linear(x: string, from: number, to: number): string {
    return this.add(this.graph.add('MatMul', [x, this.weights(from, to)]), this.weights(to));
  }

  norm(x: string, channels: number, axis = -1): string {
    return this.graph.add('LayerNormalization', [x, this.weights(channels), this.weights(channels)], {
      axis,
    });
  }

  /** Average over the grid, flatten, class scores. */
  head(x: string, channels: number): Model {
    const flat = this.graph.add('Flatten', [this.graph.add('GlobalAveragePool', [x])]);
    return this.classes(flat, channels);
  }

  classes(x: string, channels: number): Model {
    const logits = this.graph.add(
      'Gemm',
      [x, this.weights(10, channels)],
      { transB: 1 },
      { outputs: ['logits'] },
    );
    this.graph.output(logits, 'float32', [this.graph.inputs[0]!.shape![0]!, 10]);
    return this.model;
  }
}

/** A network, and which tensors end its stages. */
export interface Fixture {
  model: Model;
  /** Tensors at strides 4, 8, 16, 32. */
  ends: string[];
  channels: number[];
}

/** ResNet with bottlenecks: a 1 x 1 convolution before the strided one, and one on the shortcut. */
export function residual(shape?: (number | string)[]): Fixture {
  const b = new Builder(shape);
  let x = b.pool('MaxPool', b.relu(b.conv('input', 3, 4, 7, 2)), 3, 2, 1);
  let from = 4;
  const channels = [8, 12, 16, 20];
  const ends = channels.map((to, stage) => {
    for (const stride of [stage === 0 ? 1 : 2, 1]) {
      const narrow = b.relu(b.conv(x, from, 4, 1));
      const wide = b.conv(b.relu(b.conv(narrow, 4, 4, 3, stride)), 4, to, 1);
      const shortcut = from === to ? x : b.conv(x, from, to, 1, stride);
      x = b.relu(b.add(wide, shortcut));
      from = to;
    }
    return x;
  });
  return { model: b.head(x, 20), ends, channels };
}

/** DenseNet: everything before is joined on; a 1 x 1 convolution and an average halve the grid. */
export function dense(): Fixture {
  const b = new Builder();
  let x = b.pool('MaxPool', b.relu(b.conv('input', 3, 4, 7, 2)), 3, 2, 1);
  let channels = 4;
  const all: number[] = [];
  const ends = [0, 1, 2, 3].map((stage) => {
    for (let layer = 0; layer < 2; layer++) {
      x = b.graph.add('Concat', [x, b.conv(b.relu(x), channels, 2, 3)], { axis: 1 });
      channels += 2;
    }
    const last = stage === 3 ? b.relu(x) : b.conv(b.relu(x), channels, channels / 2, 1);
    if (stage < 3) channels /= 2;
    all.push(channels);
    x = stage === 3 ? last : b.pool('AveragePool', last);
    return last;
  });
  return { model: b.head(x, channels), ends, channels: all };
}

/** MobileNet and EfficientNet: wide in the middle, squeeze and excitation, a sum where the stride is 1. */
export function inverted(): Fixture {
  const b = new Builder();
  const { graph } = b;
  const swish = (x: string) => graph.add('Mul', [x, graph.add('Sigmoid', [x])]);
  const block = (x: string, from: number, to: number, stride: number) => {
    const wide = swish(b.conv(x, from, 2 * from, 1));
    const depth = swish(b.conv(wide, 2 * from, 2 * from, 3, stride, 2 * from));
    const gate = graph.add('Sigmoid', [
      b.conv(graph.add('GlobalAveragePool', [depth]), 2 * from, 2 * from, 1),
    ]);
    const narrow = b.conv(graph.add('Mul', [depth, gate]), 2 * from, to, 1);
    return { wide, out: stride === 1 && from === to ? b.add(x, narrow) : narrow };
  };
  let x = block(swish(b.conv('input', 3, 4, 3, 2)), 4, 4, 2).out;
  const ends: string[] = [];
  for (const [from, to] of [
    [4, 6],
    [6, 8],
    [8, 10],
  ] as const) {
    x = block(x, from, from, 1).out;
    const next = block(x, from, to, 2);
    ends.push(next.wide);
    x = next.out;
  }
  const last = swish(b.conv(x, 10, 24, 1));
  return { model: b.head(last, 24), ends: [...ends, last], channels: [8, 12, 16, 24] };
}

/** ConvNeXt: a normalisation over channels between two transposes, inside blocks and before the strided convolution. */
export function convnext(): Fixture {
  const b = new Builder();
  const { graph } = b;
  const last = (x: string) => graph.add('Transpose', [x], { perm: [0, 2, 3, 1] });
  const first = (x: string) => graph.add('Transpose', [x], { perm: [0, 3, 1, 2] });
  const norm = (x: string, channels: number) => first(b.norm(last(x), channels));
  let x = norm(b.conv('input', 3, 4, 4, 4, 1, 0), 4);
  const channels = [4, 6, 8, 10];
  const ends = channels.map((c, stage) => {
    const deep = b.conv(x, c, c, 7, 1, c);
    const mixed = b.linear(graph.add('Erf', [b.linear(b.norm(last(deep), c), c, 2 * c)]), 2 * c, c);
    x = b.add(x, first(mixed));
    if (stage === 3) return x;
    const normed = norm(x, c);
    x = b.conv(normed, c, channels[stage + 1]!, 2, 2, 1, 0);
    return normed;
  });
  return { model: b.head(x, 10), ends, channels };
}

/** VGG: convolutions and poolings only; its classifier fixes the size of the image. */
export function plain(): Fixture {
  const b = new Builder(['n', 3, 64, 64]);
  let x = 'input';
  let from = 3;
  const ends: string[] = [];
  for (const to of [4, 4, 6, 8, 10]) {
    x = b.relu(b.conv(x, from, to, 3));
    ends.push(x);
    x = b.pool('MaxPool', x);
    from = to;
  }
  const model = b.classes(b.graph.add('Flatten', [x]), 10 * 4);
  return { model, ends: [...ends.slice(2), x], channels: [6, 8, 10, 10] };
}

/** ViT: patches of 8, a class token and two registers, six blocks, attention by matrix products. */
export function transformer(batch: number | string = 'n'): Fixture & { blocks: string[] } {
  const b = new Builder([batch, 3, 64, 64]);
  const { graph } = b;
  const c = 8;
  const patches = graph.add('Reshape', [b.conv('input', 3, c, 8, 8, 1, 0), b.ints(0, c, 64)]);
  const tokens = graph.add('Transpose', [patches], { perm: [0, 2, 1] });
  const special = graph.add('Expand', [
    b.weights(1, 3, c),
    graph.add(
      'Concat',
      [graph.add('Slice', [graph.add('Shape', ['input']), b.ints(0), b.ints(1)]), b.ints(1, 1)],
      {
        axis: 0,
      },
    ),
  ]);
  let x = b.add(graph.add('Concat', [special, tokens], { axis: 1 }), b.weights(1, 67, c));
  const blocks = Array.from({ length: 6 }, () => {
    const y = b.norm(x, c);
    const [q, k, v] = [b.linear(y, c, c), b.linear(y, c, c), b.linear(y, c, c)];
    const scores = graph.add('MatMul', [q, graph.add('Transpose', [k], { perm: [0, 2, 1] })]);
    const mixed = graph.add('MatMul', [graph.add('Softmax', [scores], { axis: -1 }), v]);
    x = b.add(x, b.linear(mixed, c, c));
    x = b.add(x, b.linear(graph.add('Erf', [b.linear(b.norm(x, c), c, 16)]), 16, c));
    return x;
  });
  const cls = graph.add('Gather', [b.norm(x, c), graph.constant('int64', [], [0], 'zero')], { axis: 1 });
  return {
    model: b.classes(cls, c),
    blocks,
    ends: [1, 2, 4, 5].map((i) => blocks[i]!),
    channels: [c, c, c, c],
  };
}
