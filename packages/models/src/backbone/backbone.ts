import { availableParallelism } from 'node:os';
import { AdError, type Device, type FeatureMap, resolveDevice } from '@ad/core-native';
import type { InputConvention, Size } from '../image/index.js';
import { runtimeInfo } from '../runtime_info.js';
import { asExtractor, namesOf } from './extractor.js';
import { Inference, type InferenceOutput, type InferenceResult } from './inference.js';
import type { InferenceSettings } from './inference_worker.js';
import { OutputMemory } from './output_memory.js';
import { checkFeatureMap, checkLayerNames, type InputSpec, inputSpec, isFeatureMap } from './signature.js';
import { type BackboneSource, readBackbone } from './source.js';

export type { Device } from '@ad/core-native';

/** Where onnxruntime computes. `cuda` needs its own CUDA libraries, which its package does not contain. */
export type Provider = 'cpu' | 'cuda';

/** How a backbone is opened. */
export interface BackboneOptions {
  /**
   * Names of outputs, of stages (`layer1` to `layer4`, `block1` ...), strides (`'8'`), or tensors of the graph; or which of
   * all. What is no output is cut out of the graph. Default: strides 8 and 16, PatchCore's layers 2 and 3.
   */
  layers?: readonly string[] | LayerChoice | undefined;
  /** What values the input wants. Default: what the embedded backbone says, else ImageNet-normalised RGB. */
  convention?: InputConvention | undefined;
  /** Threads of onnxruntime. Default: what the machine offers. */
  threads?: number | undefined;
  /** Where the kernels of what is built on this backbone compute. Default `auto`; a missing one is an error. */
  device?: Device | undefined;
  /** Where onnxruntime computes, independent of the kernels. Default `cpu`. */
  provider?: Provider | undefined;
}

/**
 * Which of a backbone's feature maps: those at some strides, as far as it has them, all, or the one with the coarsest
 * grid. Each method names its own.
 */
export type LayerChoice = readonly number[] | 'all' | 'deepest';

/** One feature map that a backbone gives. */
export interface Layer {
  name: string;
  channels: number;
  /** Input pixels per grid step. */
  stride: number;
}

/** What {@link Backbone.extract} gives. */
export interface Features {
  maps: FeatureMap[];
  seconds: number;
  /** Lets the next extraction write into the memory of these maps; they are empty from then on. */
  release(): void;
}

const PROBE_SIZE: Size = { height: 224, width: 224 };
const DEFAULT_LAYERS: LayerChoice = [8, 16];

/**
 * A frozen feature extractor: an ONNX network whose outputs are feature maps `[n, c, h, w]`, or one, a classifier for
 * example, that such outputs are cut out of. It runs in a thread of its own, so that waiting for it blocks nothing.
 *
 * @example
 * const backbone = await Backbone.open('resnet18.onnx', { layers: ['layer2', 'layer3'] });
 * console.log(backbone.layers); // [{ name: 'layer2', channels: 128, stride: 8 }, ...]
 * await backbone.close();
 */
export class Backbone {
  readonly #memory = new OutputMemory();

  private constructor(
    /** The network that runs, cut where it had to be; an artefact carries a copy. The digest is the given file's. */
    readonly source: BackboneSource,
    /** What values the input wants. */
    readonly convention: InputConvention,
    /** The layers that are extracted, finest grid first. */
    readonly layers: readonly Layer[],
    /** Where the kernels of what is built on it compute. */
    readonly device: Device,
    private readonly inference: Inference,
    private readonly input: InputSpec,
  ) {}

  /**
   * Opens a backbone by name (`mobilenetv2`, the embedded one), from an ONNX file, or from bytes already read.
   *
   * @throws AdError E_BACKBONE (unreadable, or not a network with one image input), E_BACKBONE_LAYER (a named layer
   * is not there: the message lists outputs and stages), E_DEVICE
   */
  static async open(source: string | BackboneSource, options: BackboneOptions = {}): Promise<Backbone> {
    const device = await resolveDevice(options.device);
    const { provider = 'cpu' } = options;
    checkProvider(provider);
    const given = typeof source === 'string' ? await readBackbone(source) : source;
    const { source: read, wanted } = asExtractor(given, options.layers ?? DEFAULT_LAYERS);
    const inference = await start(read, { threads: options.threads ?? availableParallelism(), provider });
    try {
      const input = inputSpec(read.name, inference.signature);
      const names = namesOf(wanted);
      const layers = names
        ? await namedLayers(read.name, inference, input, names)
        : choose(await allLayers(read.name, inference, input), wanted as LayerChoice);
      const convention = options.convention ?? read.convention ?? 'imagenet';
      return new Backbone(read, convention, layers, device, inference, input);
    } catch (error) {
      await inference.close();
      throw error;
    }
  }

  /** The name by which it was opened, without a path. */
  get name(): string {
    return this.source.name;
  }

  /** Channels of all layers together: the dimension of a patch embedding. */
  get channels(): number {
    return this.layers.reduce((sum, layer) => sum + layer.channels, 0);
  }

  /** True where the file fixes its batch axis to one image. */
  get singleImage(): boolean {
    return this.input.singleImage;
  }

  /**
   * The same network with some of its layers only. It shares the thread: closing either ends both.
   *
   * @param wanted - as for {@link Backbone.open}, among {@link layers}
   * @throws AdError E_BACKBONE_LAYER
   */
  select(wanted: readonly string[] | LayerChoice): Backbone {
    const names = namesOf(wanted);
    if (names) checkLayerNames(this.name, names, { outputs: this.layers });
    const layers = names
      ? this.layers.filter(({ name }) => names.includes(name))
      : choose([...this.layers], wanted as LayerChoice);
    return new Backbone(this.source, this.convention, layers, this.device, this.inference, this.input);
  }

  /** Refuses an input size that the file cannot take. */
  checkInputSize({ width, height }: Size): void {
    const { fixed } = this.input;
    if (!fixed || (fixed.width === width && fixed.height === height)) return;
    throw new AdError(
      'E_BACKBONE',
      `The backbone '${this.name}' takes images of ${fixed.width} x ${fixed.height} only, but they would be ${width} x ${height}.`,
      `Use --crop ${fixed.width}, or --crop none with --image-size ${fixed.width} and --resize stretch.`,
    );
  }

  /**
   * Feature maps of a batch.
   *
   * @param pixels - `[images, 3, height, width]` in the backbone's convention; its memory is given away
   * @returns one map per layer, finest grid first, each `[images, c, h, w]`, the seconds the network took, and how to
   * give the maps' memory back
   * @throws AdError E_BACKBONE when onnxruntime fails
   */
  async extract(pixels: Float32Array<ArrayBuffer>, images: number, size: Size): Promise<Features> {
    const names = this.layers.map((layer) => layer.name);
    const shape = [images, 3, size.height, size.width];
    const memory = this.#memory.take(shape);
    const { outputs, seconds } = await run(this.name, this.inference, pixels, images, size, names, memory);
    this.#memory.learn(shape, outputs);
    const maps = outputs.map(({ data, shape }) => ({
      data,
      channels: shape[1]!,
      height: shape[2]!,
      width: shape[3]!,
    }));
    const release = () => {
      for (const { data } of outputs.splice(0)) this.#memory.give(data);
    };
    return { maps, seconds, release };
  }

  /** Ends the backbone's thread. Extractions in flight reject. */
  async close(): Promise<void> {
    await this.inference.close();
  }
}

function checkProvider(provider: Provider): void {
  const listed = runtimeInfo().selectable;
  if (listed.includes(provider)) return;
  throw new AdError(
    'E_DEVICE',
    `onnxruntime has no provider '${provider}' here; it lists ${listed.join(', ')}.`,
    'Use the provider cpu.',
  );
}

async function start(source: BackboneSource, settings: Pick<InferenceSettings, 'threads' | 'provider'>) {
  try {
    return await Inference.start(source.bytes, settings);
  } catch (cause) {
    const { message } = cause as Error;
    if (settings.provider === 'cuda' && (await startsOnCpu(source))) {
      throw new AdError(
        'E_DEVICE',
        `onnxruntime cannot open the backbone '${source.name}' with its CUDA provider: ${message}`,
        'Put libonnxruntime_providers_shared.so and libonnxruntime_providers_cuda.so of the same onnxruntime version beside its libonnxruntime.so, with CUDA 12 and cuDNN 9 on the library path; or use the provider cpu. The kernels on a CUDA device do not need it.',
        { cause },
      );
    }
    throw new AdError(
      'E_BACKBONE',
      `The backbone '${source.name}' is not an ONNX model that onnxruntime can load: ${message}`,
      'Check that the file is complete (not a Git LFS pointer) and was exported as ONNX.',
      { cause },
    );
  }
}

/** Tells a provider that is missing from a file that is broken. */
async function startsOnCpu({ bytes }: BackboneSource): Promise<boolean> {
  try {
    await (await Inference.start(bytes, { threads: 1, provider: 'cpu' })).close();
    return true;
  } catch {
    return false;
  }
}

async function namedLayers(
  backbone: string,
  inference: Inference,
  input: InputSpec,
  names: readonly string[],
): Promise<Layer[]> {
  checkLayerNames(backbone, names, inference.signature);
  return probe(backbone, inference, input, names, true);
}

/** Every output with a grid. */
function allLayers(backbone: string, inference: Inference, input: InputSpec): Promise<Layer[]> {
  // Others, class indices for example, are no feature maps whatever their shape.
  const floats = inference.signature.outputs.filter((output) => output.type === 'float32');
  const names = (floats.length > 0 ? floats : inference.signature.outputs).map((output) => output.name);
  return probe(backbone, inference, input, names, false);
}

/** Runs the network once on a blank image: shapes are what it gives, not what the file claims. */
async function probe(
  backbone: string,
  inference: Inference,
  input: InputSpec,
  names: readonly string[],
  strict: boolean,
): Promise<Layer[]> {
  const size = input.fixed ?? PROBE_SIZE;
  const blank = new Float32Array(3 * size.height * size.width);
  const { outputs } = await run(backbone, inference, blank, 1, size, [...names]);
  if (strict) for (const [i, output] of outputs.entries()) checkFeatureMap(backbone, names[i]!, output);
  const layers = outputs.flatMap((output, i) => {
    const [, channels, height] = output.shape;
    return isFeatureMap(output)
      ? { name: names[i]!, channels: channels!, stride: Math.round(size.height / height!) }
      : [];
  });
  if (layers.length === 0) checkFeatureMap(backbone, names[0]!, outputs[0]!);
  return layers.sort((a, b) => a.stride - b.stride);
}

/** A network without any of the strides gives what it has. A grid of one cell is a pooled vector, no level of its own. */
function choose(found: Layer[], choice: LayerChoice): Layer[] {
  const levels = found.filter(({ stride }) => stride < PROBE_SIZE.height);
  const layers = levels.length > 0 ? levels : found;
  if (choice === 'all') return layers;
  if (choice === 'deepest') return layers.slice(-1);
  const chosen = layers.filter((layer) => choice.includes(layer.stride));
  return chosen.length > 0 ? chosen : layers;
}

async function run(
  backbone: string,
  inference: Inference,
  pixels: Float32Array<ArrayBuffer>,
  images: number,
  { height, width }: Size,
  outputs: string[],
  memory?: InferenceOutput[],
): Promise<InferenceResult> {
  try {
    const input = { data: pixels, shape: [images, 3, height, width] };
    return await inference.run([input], outputs, memory);
  } catch (cause) {
    if (inference.ended) {
      throw new AdError(
        'E_BACKBONE',
        `The backbone '${backbone}' is closed.`,
        'A model closes the backbone that it was fitted on. Close models that share one when all have done their work.',
        { cause },
      );
    }
    throw new AdError(
      'E_BACKBONE',
      `The backbone '${backbone}' failed on an input [${images}, 3, ${height}, ${width}]: ${(cause as Error).message}`,
      'Check that the image size suits the network (often a multiple of 32).',
      { cause },
    );
  }
}
