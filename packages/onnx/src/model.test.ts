import { mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Model, Node, type OnnxError, Tensor } from './index.js';

const folder = await mkdtemp(join(tmpdir(), 'ad-onnx-'));
afterAll(() => rm(folder, { recursive: true }));

const goldens = new URL('../../../test/goldens/', import.meta.url);
const refusal = (work: Promise<unknown>): Promise<OnnxError> =>
  work.then(
    () => Promise.reject(new Error('expected an error')),
    (error) => error,
  );

/** y = relu(x + bias), with the bias in the file `weights.bin` beside the model. */
function withExternalBias(location: string, offset = '4', length: string | undefined = '8'): Uint8Array {
  const model = Model.create();
  const { graph } = model;
  graph.input('x', 'float32', ['n', 2]);
  const bias = graph.constant('float32', [2], [0, 0], 'bias');
  graph.output(graph.add('Relu', [graph.add('Add', ['x', bias])]), 'float32', ['n', 2]);
  const { proto } = graph.initializers.get(bias)!;
  proto.rawData = new Uint8Array();
  proto.dataLocation = 1;
  const entries = { location, offset, ...(length !== undefined && { length }) };
  proto.externalData = Object.entries(entries).map(([key, value]) => ({
    $typeName: 'ad.onnx.StringStringEntryProto' as const,
    key,
    value,
  }));
  return model.write();
}

describe('a file that is read and written', () => {
  test.each(['tiny', 'vectors', 'fixed'])(
    '%s.onnx, made by another program, is the same to the byte',
    async (name) => {
      const bytes = await readFile(new URL(`${name}.onnx`, goldens));
      expect(Buffer.from(Model.read(bytes).write())).toEqual(bytes);
    },
  );

  test('keeps what this package does not know, at every depth', () => {
    // Field 100, a text; field 20 of the model, training information; and an unknown field of a node.
    const tagged = (field: number) => {
      const tag = (field << 3) | 2;
      return tag < 128 ? [tag, 2, 0x68, 0x69] : [(tag & 0x7f) | 0x80, tag >> 7, 2, 0x68, 0x69];
    };
    const node = [0x22, 1, 0x41, ...tagged(100)];
    const graph = [0x0a, node.length, ...node, ...tagged(99)];
    const bytes = Uint8Array.from([0x08, 8, 0x3a, graph.length, ...graph, ...tagged(20), ...tagged(100)]);
    const model = Model.read(bytes);
    expect(model.graph.nodes[0]!.op).toBe('A');
    expect(model.write()).toEqual(bytes);
    model.graph.nodes[0]!.name = 'changed';
    const again = Model.read(model.write());
    expect(again.graph.nodes[0]!.proto.$unknown).toHaveLength(1);
    expect(again.graph.proto.$unknown).toHaveLength(1);
    expect(again.proto.$unknown).toHaveLength(2);
  });

  test('says that other bytes are no model', () => {
    const code = (bytes: Uint8Array) => {
      try {
        Model.read(bytes);
      } catch (error) {
        return (error as OnnxError).code;
      }
      return 'none';
    };
    expect(code(Buffer.from('hello'))).toBe('E_ONNX_PARSE');
    expect(code(new Uint8Array())).toBe('E_ONNX_PARSE');
    expect(code(Buffer.from('version https://git-lfs.github.com/spec/v1\n'))).toBe('E_ONNX_PARSE');
  });

  test('refuses a missing file, and one over 2 GB before it is read', async () => {
    expect(await refusal(Model.load(join(folder, 'none.onnx')))).toMatchObject({ code: 'E_ONNX_FILE' });
    const huge = join(folder, 'huge.onnx');
    await writeFile(huge, '');
    // A hole: it takes no space.
    await truncate(huge, 2 ** 31);
    const error = await refusal(Model.load(huge));
    expect(error.code).toBe('E_ONNX_TOO_LARGE');
    expect(error.message).toMatch(/2\.15 GB; a protobuf message, which an ONNX model is, holds 2\.14 GB/);
  });
});

describe('weights beside the model', () => {
  const load = async (location: string, offset?: string, length?: string) => {
    await mkdir(join(folder, 'model'), { recursive: true });
    await writeFile(join(folder, 'model', 'm.onnx'), withExternalBias(location, offset, length));
    return Model.load(join(folder, 'model', 'm.onnx'));
  };

  test('are read, and are inside afterwards', async () => {
    await mkdir(join(folder, 'model'), { recursive: true });
    await writeFile(
      join(folder, 'model', 'weights.bin'),
      new Uint8Array(new Float32Array([9, 1.5, -2]).buffer),
    );
    const model = await load('weights.bin');
    expect(model.external).toBe(false);
    const again = Model.read(model.write());
    expect(again.graph.initializers.get('bias')!.numbers()).toEqual([1.5, -2]);
  });

  test('cannot be read from bytes alone, and are written back as they came', () => {
    const bytes = withExternalBias('weights.bin');
    const model = Model.read(bytes);
    expect(model.external).toBe(true);
    expect(() => model.graph.initializers.get('bias')!.data()).toThrow(/Open|beside the model/);
    expect(model.write()).toEqual(bytes);
  });

  test.each(['../secret.bin', '/etc/passwd', 'a/../../secret.bin', '', '..', 'nul\0'])(
    'outside of its folder are refused: %j',
    async (location) => {
      const error = await refusal(load(location));
      expect(error.code).toBe('E_ONNX_EXTERNAL_DATA');
      expect(error.message).toMatch(/outside of its own folder/);
    },
  );

  test('behind a link that leads outside are refused', async () => {
    await writeFile(join(folder, 'secret.bin'), 'secret');
    await symlink(join(folder, 'secret.bin'), join(folder, 'model', 'link.bin'));
    expect((await refusal(load('link.bin'))).message).toMatch(/outside of its own folder/);
  });

  test('that are missing, too short, badly placed, or too large are refused', async () => {
    await writeFile(join(folder, 'model', 'weights.bin'), new Uint8Array(12));
    for (const error of [
      await refusal(load('none.bin')),
      await refusal(load('weights.bin', '8', '8')),
      await refusal(load('weights.bin', '16')),
      await refusal(load('weights.bin', '-4', '8')),
      await refusal(load('weights.bin', '1e3', '8')),
    ]) {
      expect(error.code).toBe('E_ONNX_EXTERNAL_DATA');
    }
    expect((await refusal(load('weights.bin', '0', String(3e9)))).code).toBe('E_ONNX_TOO_LARGE');
  });
});

describe('nodes', () => {
  test('have attributes of every kind, and say what is there instead', () => {
    const node = new Node({
      op: 'Test',
      inputs: ['x'],
      outputs: ['y'],
      attributes: {
        i: 3,
        f: 0.5,
        s: 'text',
        ints: [1, -2],
        floats: [0.5, 1],
        strings: ['a', 'b'],
        gone: undefined,
      },
    });
    node.set('t', Tensor.from('int64', [2], [1, 2]));
    const [again] = Model.read(modelOf(node).write()).graph.nodes;
    expect([again!.int('i'), again!.float('f'), again!.string('s')]).toEqual([3, 0.5, 'text']);
    expect([again!.ints('ints'), again!.floats('floats'), again!.strings('strings')]).toEqual([
      [1, -2],
      [0.5, 1],
      ['a', 'b'],
    ]);
    expect(again!.tensor('t').numbers()).toEqual([1, 2]);
    expect(again!.has('gone')).toBe(false);
    expect(again!.int('missing', 7)).toBe(7);
    expect(() => again!.int('f')).toThrow(
      "The attribute 'f' of the Test that makes 'y' is of kind FLOAT; expected INT.",
    );
    expect(() => again!.ints('missing')).toThrow(/is missing; expected INTS/);
  });
});

function modelOf(node: Node): Model {
  const model = Model.create();
  model.graph.nodes.push(node);
  return model;
}
