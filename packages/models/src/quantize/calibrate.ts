import { type Model, type Range, rangeModel } from '@ad/onnx';
import { Inference } from '../backbone/inference.js';
import { type InputConvention, loadInput, type PreprocessSettings, writeTensor } from '../image/index.js';

/** How {@link calibrate} runs the network. */
export interface CalibrationOptions {
  preprocess: PreprocessSettings;
  convention: InputConvention;
  threads: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((share: number) => void) | undefined;
}

/**
 * How far tensors reach on some images, one image after the other.
 *
 * @throws AdError E_IMAGE; onnxruntime's own errors
 */
export async function calibrate(
  model: Model,
  tensors: readonly string[],
  images: readonly string[],
  { preprocess, convention, threads, signal, onProgress }: CalibrationOptions,
): Promise<Map<string, Range>> {
  const ranges = new Map(tensors.map((name) => [name, { low: Infinity, high: -Infinity }]));
  const watched = rangeModel(model, tensors);
  const outputs = watched.graph.outputs.map((output) => output.name);
  const inference = await Inference.start(watched.write(), { threads, provider: 'cpu' });
  try {
    for (const [i, file] of images.entries()) {
      signal?.throwIfAborted();
      const { image } = await loadInput(file, preprocess);
      const data = new Float32Array(3 * image.height * image.width);
      writeTensor(image, convention, data, 0);
      const shape = [1, 3, image.height, image.width];
      const [low, high] = (await inference.run([{ data, shape }], outputs)).outputs;
      tensors.forEach((name, t) => {
        const range = ranges.get(name)!;
        range.low = Math.min(range.low, low!.data[t]!);
        range.high = Math.max(range.high, high!.data[t]!);
      });
      onProgress?.((i + 1) / images.length);
    }
  } finally {
    await inference.close();
  }
  return ranges;
}
