import { availableParallelism } from 'node:os';
import { AdError } from '@ad/core-native';
import { cutModel, Model, quantizableTensors, quantizeModel } from '@ad/onnx';
import { writeAtomically } from '../atomic.js';
import { inGraph } from '../backbone/graph_error.js';
import { Backbone, readBackbone } from '../backbone/index.js';
import type { Saving } from '../backbone/inspect.js';
import type { Dataset } from '../data/index.js';
import { sha256 } from '../digest.js';
import type { InputConvention, PreprocessSettings } from '../image/index.js';
import { evaluate, type Metrics } from '../model/evaluate.js';
import { fitModel } from '../model/fit.js';
import { DEFAULT_PREPROCESS } from '../model/recipe.js';
import { calibrate } from './calibrate.js';
import { type SideBySide, sideBySide } from './side_by_side.js';

/** How {@link quantizeBackbone} works; every field has a default. */
export interface QuantizeOptions {
  /** As for Backbone.open; the file gives these layers and nothing else. */
  layers?: readonly string[] | undefined;
  convention?: InputConvention | undefined;
  preprocess?: Partial<PreprocessSettings> | undefined;
  /** How many good images tell how far activations reach; default 64, evenly from all. */
  images?: number | undefined;
  /** Image AUROC that may be lost on the data; default .005. Null: written whatever is lost, also where none can tell. */
  maxLoss?: number | null | undefined;
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((stage: string, share: number) => void) | undefined;
}

/** What {@link quantizeBackbone} measured. Before is single precision, after eight bits. */
export interface QuantizeReport extends SideBySide {
  file: string;
  sha256: string;
  layers: string[];
  convention: InputConvention;
  bytes: Saving;
  /** Convolutions that compute in eight bits. */
  convolutions: number;
  /** Good images that were calibrated on. */
  calibration: number;
  /** Of PatchCore with its default settings; null where the data has no labelled defects. */
  accuracy: { before: Metrics; after: Metrics } | null;
}

const CALIBRATION_IMAGES = 64;
const MAX_LOSS = 0.005;

/**
 * Makes a backbone compute in eight bits: activations calibrated on the data's good images, weights per output channel.
 * What that costs in accuracy and wins in speed is measured on the same data before the file is written.
 *
 * @param nameOrFile - as for Backbone.open
 * @param file - where the ONNX file is written
 * @returns what was measured; the file is there
 * @throws AdError E_ACCURACY where more is lost than allowed, or nothing tells; E_BACKBONE, E_BACKBONE_LAYER, E_IMAGE,
 * E_TOO_FEW_IMAGES, E_WRITE
 *
 * @example
 * const report = await quantizeBackbone('resnet18.onnx', await openDataset('./bottle'), 'resnet18-int8.onnx');
 * console.log(report.speed.after / report.speed.before, report.accuracy?.after.image_auroc);
 */
export async function quantizeBackbone(
  nameOrFile: string,
  data: Dataset,
  file: string,
  options: QuantizeOptions = {},
): Promise<QuantizeReport> {
  const { threads = availableParallelism(), signal, maxLoss = MAX_LOSS, onProgress } = options;
  const labelled = ['good', 'defect'].every((label) => data.test.some((sample) => sample.label === label));
  if (!labelled && maxLoss !== null) throw untold(data.name);
  const preprocess = { ...DEFAULT_PREPROCESS, ...options.preprocess };
  const source = await readBackbone(nameOrFile);
  const whole = await Backbone.open(source, { ...options, threads, device: 'cpu' });
  await whole.close();
  const { name, convention } = whole;
  const layers = whole.layers.map((layer) => layer.name);
  const images = spread(
    data.train.map((sample) => sample.path),
    options.images ?? CALIBRATION_IMAGES,
  );
  if (images.length === 0) throw noImages(data.name);

  const cut = inGraph(name, () => cutModel(Model.read(whole.source.bytes), layers));
  const float = cut.write();
  const calibration = {
    preprocess,
    convention,
    threads,
    signal,
    onProgress: (share: number) => onProgress?.('calibrate', share),
  };
  const tensors = inGraph(name, () => quantizableTensors(cut));
  const ranges = await calibrate(cut, tensors, images, calibration);
  const convolutions = inGraph(name, () => quantizeModel(cut, ranges));
  const bytes = cut.write();

  const open = (network: Uint8Array) =>
    Backbone.open(
      { name, bytes: network, sha256: sha256(network), convention },
      { layers, threads, device: 'cpu' },
    );
  const before = await open(float);
  const after = await open(bytes);
  try {
    const compared = await sideBySide(before, after, images, preprocess);
    const measure = async (backbone: Backbone, stage: string) => {
      const fitting = { preprocess, threads, signal, threshold: { rule: 'none' } } as const;
      const model = await fitModel('patchcore', backbone, data.train, fitting);
      const onShare = (share: number) => onProgress?.(stage, share);
      return (await evaluate(model, data.test, { threads, signal, onProgress: onShare })).metrics;
    };
    const accuracy = labelled
      ? { before: await measure(before, 'in 32 bits'), after: await measure(after, 'in 8 bits') }
      : null;
    const report: QuantizeReport = {
      file,
      sha256: sha256(bytes),
      layers,
      convention,
      bytes: { before: source.bytes.length, after: bytes.length },
      convolutions,
      calibration: images.length,
      ...compared,
      accuracy,
    };
    if (accuracy && maxLoss !== null) checkLoss(accuracy, maxLoss);
    await writeAtomically(file, bytes);
    return report;
  } finally {
    await before.close();
    await after.close();
  }
}

/** Some of all, evenly: neighbours in a folder are often alike. */
function spread<T>(all: readonly T[], count: number): T[] {
  const kept = Math.min(count, all.length);
  return Array.from({ length: kept }, (_, i) => all[Math.floor((i * all.length) / kept)]!);
}

function checkLoss({ before, after }: NonNullable<QuantizeReport['accuracy']>, maxLoss: number): void {
  const loss = before.image_auroc! - after.image_auroc!;
  if (loss <= maxLoss) return;
  throw new AdError(
    'E_ACCURACY',
    `In eight bits the image AUROC falls from ${before.image_auroc!.toFixed(4)} to ${after.image_auroc!.toFixed(4)}; allowed is a loss of ${maxLoss}. Nothing was written.`,
    'Calibrate on more images (--images), or allow more (--max-loss).',
  );
}

function untold(dataset: string): AdError {
  return new AdError(
    'E_ACCURACY',
    `'${dataset}' has no labelled test images, good and defective; what eight bits lose cannot be told.`,
    'Give data with both, or --max-loss none to go by the features alone.',
  );
}

function noImages(dataset: string): AdError {
  return new AdError(
    'E_TOO_FEW_IMAGES',
    `'${dataset}' has no good images to calibrate on.`,
    'Give data with good images.',
  );
}
