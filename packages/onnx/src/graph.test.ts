import { describe, expect, test } from 'vitest';
import { float, Graph, Model, Node, type OnnxError } from './index.js';

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as OnnxError).code;
  }
  return 'none';
};

/** x -> a -> b -> c, a -> c; the nodes as they come. */
function diamond(): Graph {
  const graph = new Graph();
  graph.input('x', 'float32', ['n']);
  graph.push({ op: 'A', inputs: ['x'], outputs: ['a'] });
  graph.push({ op: 'B', inputs: ['a'], outputs: ['b'] });
  graph.push({ op: 'C', inputs: ['b', 'a'], outputs: ['c'] });
  graph.output('c', 'float32', ['n']);
  return graph;
}

describe('building', () => {
  test('gives fresh names, deterministically', () => {
    const build = () => {
      const model = Model.create({ opset: 18 });
      const { graph } = model;
      graph.input('x', 'float32', ['n', 3, 'h', 'w']);
      const weight = graph.constant('float32', [1, 3, 1, 1], [1, 2, 3], 'conv');
      const first = graph.add('Conv', ['x', weight], { pads: [0, 0, 0, 0] });
      const second = graph.add('LeakyRelu', [first], { alpha: float(1) }, { hint: 'conv' });
      graph.output(second, 'float32', ['n', 1, 'h', 'w']);
      expect([weight, first, second]).toEqual(['conv', 'conv_1', 'conv_2']);
      return model;
    };
    expect(build().write()).toEqual(build().write());
    const { graph, proto } = Model.read(build().write());
    expect(proto.irVersion).toBe(8n);
    expect(graph.outputs[0]!.shape).toEqual(['n', 1, 'h', 'w']);
    expect(graph.nodes[1]!.float('alpha')).toBe(1);
    expect(graph.fresh('conv')).toBe('conv_3');
  });

  test('several outputs, and shapes that are not known', () => {
    const graph = new Graph();
    const split = graph.addNode('Split', ['x'], { axis: 1 }, { outputs: 2 });
    expect(split.outputs).toEqual(['split', 'split_1']);
    graph.input('y', 'int64');
    graph.input('z', 'float32', ['', 4]);
    expect(graph.inputs.map((input) => [input.type, input.shape])).toEqual([
      ['int64', undefined],
      ['float32', ['', 4]],
    ]);
  });
});

describe('order', () => {
  test('stays where nodes can run in it', () => {
    expect(
      diamond()
        .sorted()
        .map((node) => node.op),
    ).toEqual(['A', 'B', 'C']);
  });

  test('is found where they cannot', () => {
    const graph = diamond();
    graph.nodes.reverse();
    expect(graph.sorted().map((node) => node.op)).toEqual(['A', 'B', 'C']);
  });

  test('does not exist for a cycle, a missing tensor, or one made twice', () => {
    const cycle = diamond();
    cycle.nodes[0]!.inputs.push('c');
    expect(codeOf(() => cycle.sorted())).toBe('E_ONNX_GRAPH');
    const missing = diamond();
    missing.nodes[0]!.inputs[0] = 'nothing';
    expect(() => missing.sorted()).toThrow("Nothing makes the tensor 'nothing' that a A reads.");
    const twice = diamond();
    twice.nodes[1]!.outputs[0] = 'a';
    expect(codeOf(() => twice.sorted())).toBe('E_ONNX_GRAPH');
    const given = diamond();
    given.nodes[1]!.outputs[0] = 'x';
    expect(codeOf(() => given.sorted())).toBe('E_ONNX_GRAPH');
  });

  test('counts what a subgraph reads from around it', () => {
    const body = new Graph();
    body.constant('float32', [1], [1], 'own');
    body.push({ op: 'Add', inputs: ['a', 'own'], outputs: ['sum'] });
    body.output('sum', 'float32');
    const graph = diamond();
    graph.nodes.unshift(
      new Node({ op: 'If', inputs: ['x'], outputs: ['i'], attributes: { then_branch: body } }),
    );
    expect(graph.sorted().map((node) => node.op)).toEqual(['A', 'If', 'B', 'C']);
    expect(
      graph
        .consumers()
        .get('a')!
        .map((node) => node.op),
    ).toEqual(['If', 'B', 'C']);
  });
});

describe('a graph', () => {
  test('knows who makes and who reads a tensor', () => {
    const graph = diamond();
    expect(graph.producers().get('b')!.op).toBe('B');
    expect(
      graph
        .consumers()
        .get('a')!
        .map((node) => node.op),
    ).toEqual(['B', 'C']);
  });

  test('renames a tensor everywhere', () => {
    const graph = diamond();
    graph.rename('a', 'z');
    graph.rename('c', 'out');
    expect(graph.nodes.map((node) => [...node.inputs, ...node.outputs])).toEqual([
      ['x', 'z'],
      ['z', 'b'],
      ['b', 'z', 'out'],
    ]);
    expect(graph.outputs[0]!.name).toBe('out');
    expect(codeOf(() => graph.rename('b', 'out'))).toBe('E_ONNX_GRAPH');
  });

  test('separates inputs from constants that old files list among them', () => {
    const graph = new Graph();
    graph.input('x', 'float32', [1]);
    graph.input(graph.constant('float32', [1], [1], 'w'), 'float32', [1]);
    expect(graph.dataInputs.map((input) => input.name)).toEqual(['x']);
  });
});
