import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { OnnxError } from './errors.js';
import { tensorsOf } from './every_tensor.js';
import { inlineExternalData } from './external_data.js';
import { type ModelProto, ModelProtoSchema } from './generated/onnx_pb.js';
import { Graph } from './graph.js';
import { readBytes } from './read_file.js';
import { checkSize } from './size_limit.js';

/** What a new model says of itself. */
export interface ModelOptions {
  /** Version of the standard operator set; default 17. */
  opset?: number;
  producer?: string;
  /** Name of the graph; some readers refuse an empty one. */
  graphName?: string;
}

/** The first IR version that may use an operator set, newest first. */
const IR_VERSIONS = [
  { opset: 23, ir: 11 },
  { opset: 21, ir: 10 },
  { opset: 19, ir: 9 },
  { opset: 15, ir: 8 },
  { opset: 0, ir: 7 },
];

/**
 * An ONNX model: a graph, and what is said about it. What a file holds and this package does not know is kept and
 * written back.
 *
 * @example
 * const model = await Model.load('resnet18.onnx');
 * console.log(model.opset(), model.graph.nodes.length);
 * await model.save('copy.onnx');
 */
export class Model {
  /** The graph that runs. */
  readonly graph: Graph;

  private constructor(
    /** The message in the file; its graph is brought up to date by {@link write}. */
    readonly proto: ModelProto,
  ) {
    if (!proto.graph) throw new OnnxError('E_ONNX_PARSE', 'The file has no graph; expected an ONNX model.');
    this.graph = new Graph(proto.graph);
  }

  /** An empty model to build a graph in. */
  static create({ opset = 17, producer = '', graphName = 'graph' }: ModelOptions = {}): Model {
    const irVersion = IR_VERSIONS.find((version) => opset >= version.opset)!.ir;
    return new Model(
      create(ModelProtoSchema, {
        irVersion: BigInt(irVersion),
        producerName: producer,
        graph: { name: graphName },
        opsetImport: [{ domain: '', version: BigInt(opset) }],
      }),
    );
  }

  /** A model over its message. @throws OnnxError E_ONNX_PARSE without a graph, E_ONNX_GRAPH */
  static from(proto: ModelProto): Model {
    return new Model(proto);
  }

  /**
   * Reads a model from bytes, which must not change afterwards: weights are views of them. Weights that lie in other
   * files stay there; their values cannot be read.
   *
   * @throws OnnxError E_ONNX_PARSE, E_ONNX_TOO_LARGE, E_ONNX_GRAPH
   */
  static read(bytes: Uint8Array): Model {
    checkSize(bytes.length, 'The model');
    try {
      // Views of a Buffer would be Buffers, whose slice does not copy.
      const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      return new Model(fromBinary(ModelProtoSchema, plain));
    } catch (cause) {
      if (cause instanceof OnnxError) throw cause;
      // The decoder's own errors, and a stack that too many graphs within graphs used up.
      throw new OnnxError(
        'E_ONNX_PARSE',
        `The ${bytes.length} bytes are not an ONNX model: ${(cause as Error).message}.`,
        'Check that the file is complete (not a Git LFS pointer) and was exported as ONNX.',
        { cause },
      );
    }
  }

  /**
   * Reads a model file. Weights that lie beside it are read too, and are inside when it is written again.
   *
   * @throws OnnxError E_ONNX_FILE, E_ONNX_PARSE, E_ONNX_TOO_LARGE, E_ONNX_GRAPH, E_ONNX_EXTERNAL_DATA (missing, too
   * short, or outside of the model's folder)
   */
  static async load(file: string): Promise<Model> {
    const model = Model.read(await readBytes(file));
    await inlineExternalData(tensorsOf(model.proto), dirname(file));
    return model;
  }

  /** Version of an operator set; the standard one has the empty name. */
  opset(domain = ''): number | undefined {
    const standard = (name: string) => (name === 'ai.onnx' ? '' : name);
    const found = this.proto.opsetImport.find((entry) => standard(entry.domain) === domain);
    return found && Number(found.version);
  }

  /** The program that wrote it, with its version. */
  get producer(): string {
    return `${this.proto.producerName} ${this.proto.producerVersion}`.trim();
  }

  /** Remarks of the file: pairs of texts. */
  get metadata(): Record<string, string> {
    return Object.fromEntries(this.proto.metadataProps.map(({ key, value }) => [key, value]));
  }

  /** Adds a remark, or changes it. */
  setMetadata(key: string, value: string): void {
    const found = this.proto.metadataProps.find((entry) => entry.key === key);
    if (found) found.value = value;
    else this.proto.metadataProps.push({ $typeName: 'ad.onnx.StringStringEntryProto', key, value });
  }

  /** True where some weights lie in files that were not read. */
  get external(): boolean {
    for (const tensor of tensorsOf(this.proto)) if (tensor.external) return true;
    return false;
  }

  /** The model as bytes; the same model gives the same bytes. @throws OnnxError E_ONNX_TOO_LARGE */
  write(): Uint8Array<ArrayBuffer> {
    this.proto.graph = this.graph.toProto();
    let weights = 0;
    for (const tensor of tensorsOf(this.proto)) weights += tensor.byteLength;
    checkSize(weights, 'The weights of the model');
    return toBinary(ModelProtoSchema, this.proto);
  }

  /** Writes the model file. @throws OnnxError E_ONNX_TOO_LARGE, E_ONNX_FILE */
  async save(file: string): Promise<void> {
    const bytes = this.write();
    try {
      await writeFile(file, bytes);
    } catch (cause) {
      throw new OnnxError(
        'E_ONNX_FILE',
        `'${file}' cannot be written: ${(cause as Error).message}.`,
        undefined,
        {
          cause,
        },
      );
    }
  }
}
