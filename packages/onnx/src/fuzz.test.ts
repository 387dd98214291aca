import { expect, test } from 'vitest';
import { extractLayers, Model, OnnxError } from './index.js';
import { residual, transformer } from './testing/networks.js';

/** A repeatable stream of numbers in [0, 1). */
function stream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return state / 2 ** 32;
  };
}

/** One of: bytes changed, cut off, a piece removed, a piece doubled. */
function mutated(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = () => Math.floor(random() * bytes.length);
  const kind = random();
  if (kind < 0.25) return bytes.slice(0, at());
  if (kind < 0.5) {
    const start = at();
    const piece = 1 + Math.floor(random() * 64);
    const rest = bytes.subarray(kind < 0.35 ? start + piece : start);
    return Uint8Array.from(Buffer.concat([bytes.subarray(0, kind < 0.35 ? start : start + piece), rest]));
  }
  const copy = bytes.slice();
  for (let i = 1 + Math.floor(random() * 8); i > 0; i--) copy[at()] = Math.floor(random() * 256);
  return copy;
}

test('ten thousand damaged files are read, or refused with a code', () => {
  // Small weights leave most of the bytes to structure, where damage hurts.
  const originals = [residual().model, transformer().model].map((model) => {
    for (const tensor of model.graph.initializers.values())
      if (tensor.size > 64) tensor.proto.rawData = tensor.proto.rawData.slice(0, 8);
    return model.write();
  });
  const random = stream(7);
  const codes = new Map<string, number>();
  for (let i = 0; i < 10_000; i++) {
    let outcome = 'read';
    try {
      const model = Model.read(mutated(originals[i % 2]!, random));
      const { model: cut } = extractLayers(model, ['layer2', 'layer3']);
      cut.write();
    } catch (error) {
      if (!(error instanceof OnnxError)) throw error;
      outcome = error.code;
    }
    codes.set(outcome, (codes.get(outcome) ?? 0) + 1);
  }
  // Damage of every depth was tried: none that matters, in the protobuf, in the graph, in shapes.
  for (const outcome of ['read', 'E_ONNX_PARSE', 'E_ONNX_GRAPH', 'E_ONNX_SHAPE']) {
    expect(codes.get(outcome) ?? 0, outcome).toBeGreaterThan(50);
  }
});

test('graphs within graphs without end are refused', () => {
  // Field 7 of the model; then node, attribute, graph within each other, 20,000 times, lengths all too large.
  const nest = (depth: number): Uint8Array => {
    let bytes: Buffer = Buffer.alloc(0);
    const wrap = (tag: number, body: Buffer) => {
      const length: number[] = [];
      for (let rest = body.length; ; rest = Math.floor(rest / 128)) {
        length.push(rest < 128 ? rest : (rest % 128) | 128);
        if (rest < 128) break;
      }
      return Buffer.concat([Buffer.from([tag, ...length]), body]);
    };
    for (let i = 0; i < depth; i++) bytes = wrap(0x0a, wrap(0x2a, wrap(0x32, bytes)));
    return wrap(0x3a, bytes);
  };
  try {
    Model.read(nest(3000)).graph.sorted();
  } catch (error) {
    expect(error).toBeInstanceOf(OnnxError);
  }
});
