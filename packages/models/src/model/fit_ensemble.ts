import { AdError } from '@ad/core-native';
import type { Backbone } from '../backbone/index.js';
import { findMethod } from '../methods/index.js';
import { Timing } from '../pipeline/timing.js';
import { calibrate, givenThresholds, splitForThreshold } from '../threshold/index.js';
import { EnsembleModel, type Member, type MemberStandard } from './ensemble.js';
import { type FitOptions, fitModel, imageOf, nameOf, peaks, type TrainingImage } from './fit.js';
import type { AnomalyModel } from './model.js';
import type { ScoreOptions } from './scoring_model.js';
import { RunningStandard } from './standard.js';

/** A deviation needs two. */
const LEAST_HELD_OUT = 2;

/**
 * Fits one method on several backbones and joins the models, see {@link EnsembleModel}. One good image in ten, two at
 * least, is held out of all of them; members are normalised by these, and a quantile threshold rests on them too.
 *
 * @param backbones - two or more; each member is fitted as {@link fitModel} would
 * @param images - good images only
 * @throws AdError what {@link fitModel} throws; E_ARGUMENT where held-out images do not differ
 * @example
 * const backbones = [await Backbone.open('resnet18.onnx'), await Backbone.open('mobilenetv2')];
 * const model = await fitEnsemble('patchcore', backbones, data.train, { settings: { coreset: 0.1 }, seed: 0 });
 */
export async function fitEnsemble(
  methodName: string,
  backbones: readonly Backbone[],
  images: Iterable<TrainingImage> | AsyncIterable<TrainingImage>,
  options: FitOptions = {},
): Promise<EnsembleModel> {
  if (backbones.length < 2) {
    throw new AdError(
      'E_ARGUMENT',
      `An ensemble of ${backbones.length} backbones was asked for; expected 2 or more.`,
    );
  }
  const { seed = 0, labelled = [], signal, threads, cache, timing = new Timing() } = options;
  const method = findMethod(methodName);
  const minImages = method.minImages(method.settings(options.settings));
  const all: TrainingImage[] = [];
  for await (const image of images) all.push(image);
  const rule = options.threshold ?? { rule: 'auto' };
  const split = splitForThreshold(all, labelled, rule, seed, minImages, LEAST_HELD_OUT);

  const models: AnomalyModel[] = [];
  for (const [i, backbone] of backbones.entries()) {
    // Every member meets the same images; the first tells of those that cannot be read.
    const onUnreadable = options.onUnreadable && (i === 0 ? options.onUnreadable : () => {});
    const heldOut = split.heldOut.length;
    const onPlan: FitOptions['onPlan'] = (estimate) => options.onPlan?.({ ...estimate, heldOut });
    const own = {
      ...options,
      timing,
      threshold: { rule: 'none' },
      labelled: [],
      onPlan,
      onUnreadable,
    } as const;
    models.push(await fitModel(methodName, backbone, split.learn, own));
  }
  const [first] = models as [AnomalyModel];
  const training = {
    ...first.training,
    patches: models.reduce((sum, model) => sum + model.training.patches, 0),
  };

  const onUnreadable =
    options.onUnreadable &&
    ((item: TrainingImage, error: AdError) => {
      training.skipped++;
      options.onUnreadable!(nameOf(item), error);
    });
  const scoring = { signal, threads, timing, cache };
  const standards = await standardsOf(models, split.heldOut, { ...scoring, onUnreadable });
  const members: Member[] = models.map((model, i) => ({ model, ...standards.members[i]! }));
  const ensemble = new EnsembleModel(members, standards.images, givenThresholds(null, false), training);
  const scorer = <T extends TrainingImage>(items: readonly T[]) =>
    peaks(ensemble.scoreAll(items, imageOf, { ...scoring, onUnreadable: onUnreadable && (() => {}) }));
  const onProgress = (share: number) => options.onProgress?.({ stage: 'threshold', share });
  // Image scores and maps are normalised apart: one given threshold cannot serve both.
  ensemble.thresholds = await calibrate(split, scorer, onProgress, false);
  return ensemble;
}

/** What members give on good images that they have not learned from. */
async function standardsOf(
  models: readonly AnomalyModel[],
  heldOut: readonly TrainingImage[],
  options: ScoreOptions<TrainingImage>,
): Promise<{ members: MemberStandard[]; images: number }> {
  const members: MemberStandard[] = [];
  let images = 0;
  for (const [i, model] of models.entries()) {
    const onUnreadable = options.onUnreadable && (i === 0 ? options.onUnreadable : () => {});
    const pixels = new RunningStandard();
    const scores: number[] = [];
    let located = false;
    for await (const [, { score, inputMap }] of model.scoreAll(heldOut, imageOf, {
      ...options,
      onUnreadable,
    })) {
      scores.push(score);
      if (!inputMap) continue;
      located = true;
      pixels.add(inputMap);
    }
    images = scores.length;
    if (images < LEAST_HELD_OUT) throw tooFewHeldOut(images);
    const image = new RunningStandard();
    image.add(scores);
    members.push({
      image: image.result(`scores by ${model.backbone.name}`),
      pixel: located ? pixels.result(`pixels of maps by ${model.backbone.name}`) : null,
    });
  }
  return { members, images };
}

function tooFewHeldOut(images: number): AdError {
  return new AdError(
    'E_TOO_FEW_IMAGES',
    `${images} of the held-out good images could be read; an ensemble is normalised by at least ${LEAST_HELD_OUT}.`,
    'Add images of good parts, or repair those that were left out.',
  );
}
