import { AdError } from '@ad/core-native';
import { type EnsembleManifest, loadEnsemble, type Manifest, saveEnsemble } from '../artefact/index.js';
import type { ImageSource, LoadedInput } from '../image/index.js';
import type { Thresholds } from '../threshold/index.js';
import { TOOL } from '../version.js';
import { AnomalyModel, type LoadOptions } from './model.js';
import type { ScoredInput } from './prediction.js';
import type { Recipe } from './recipe.js';
import { type ScoreOptions, ScoringModel } from './scoring_model.js';
import { type Standard, standardised } from './standard.js';
import { tee } from './tee.js';

/** By what a member's scores and maps are measured: those of good images that no member has learned from. */
export interface MemberStandard {
  image: Standard;
  /** Over all pixels of their maps; null where the method gives none. */
  pixel: Standard | null;
}

/** A model of an ensemble. */
export interface Member extends MemberStandard {
  model: AnomalyModel;
}

/**
 * Several models of one method on different backbones (PatchCore's best result, Roth et al. 2022, table 4). A member's
 * image score s counts as (s - mean) / deviation over held-out good images, its map the same by their pixels; the
 * ensemble's score and map are the means over members. Raw scores of members stay with every prediction.
 *
 * @example
 * const model = await fitEnsemble('patchcore', [resnet, mobilenet], data.train, { seed: 0 });
 * const { score, members } = await model.predict('part.png');
 * console.log(score, members); // 4.1, [{ backbone: 'resnet18', score: 1.9 }, { backbone: 'mobilenetv2', score: 0.8 }]
 */
export class EnsembleModel extends ScoringModel {
  constructor(
    readonly members: readonly Member[],
    /** Images that the members' standards rest on. */
    readonly heldOut: number,
    public thresholds: Thresholds,
    readonly training: Manifest['training'],
  ) {
    super();
  }

  /**
   * Reads an ensemble's folder with all members, verifying checksums.
   *
   * @throws AdError E_ARTEFACT, E_ARTEFACT_SCHEMA, E_BACKBONE
   */
  static async load(folder: string, options: LoadOptions = {}): Promise<EnsembleModel> {
    const { manifest, folders } = await loadEnsemble(folder);
    const members: Member[] = [];
    try {
      for (const [i, { image, pixel }] of manifest.members.entries()) {
        members.push({ model: await AnomalyModel.load(folders[i]!, options), image, pixel });
      }
    } catch (error) {
      for (const { model } of members) await model.close();
      throw error;
    }
    return new EnsembleModel(members, manifest.heldOut, manifest.thresholds, manifest.training);
  }

  get methodName(): string {
    return this.members[0]!.model.methodName;
  }

  /** All members see the same part of an image, at the same size. */
  get recipe(): Recipe {
    return this.members[0]!.model.recipe;
  }

  get facts(): Record<string, number | string> {
    return { members: this.members.length, held_out: this.heldOut };
  }

  async save(folder: string, { embedBackbone = true } = {}): Promise<void> {
    const members = this.members.map(({ model, image, pixel }) => ({
      name: model.backbone.name,
      image,
      pixel,
      save: (into: string) => model.save(into, { embedBackbone }),
    }));
    const { heldOut, thresholds, training } = this;
    await saveEnsemble(folder, members, { tool: TOOL, heldOut, thresholds, training } satisfies Omit<
      EnsembleManifest,
      'format' | 'schema' | 'members' | 'files'
    >);
  }

  async *scoreAll<T>(
    items: Iterable<T> | AsyncIterable<T>,
    source: (item: T) => ImageSource,
    options: ScoreOptions<T> = {},
  ): AsyncGenerator<[T, ScoredInput]> {
    const branches = tee(shared(items), this.members.length);
    const { onUnreadable } = options;
    const streams = this.members.map(({ model }, i) =>
      model.scoreAll(branches[i]!, ({ item }) => source(item), {
        ...options,
        share: loadOnce,
        // All members leave out the same images; one tells of them.
        onUnreadable: onUnreadable && (({ item }, error) => i === 0 && onUnreadable(item, error)),
      }),
    );
    try {
      for (;;) {
        const next = await Promise.all(streams.map((stream) => stream.next()));
        const scored = next.flatMap(({ done, value }) => (done ? [] : [value as [Shared<T>, ScoredInput]]));
        if (scored.length === 0) return;
        yield [scored[0]![0].item, this.#join(scored)];
      }
    } finally {
      await Promise.all(streams.map((stream) => stream.return(undefined)));
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map(({ model }) => model.close()));
  }

  #join<T>(scored: [Shared<T>, ScoredInput][]): ScoredInput {
    const { members } = this;
    // A file that comes or goes meanwhile would bring members out of step.
    if (scored.length < members.length || scored.some(([item]) => item !== scored[0]![0])) {
      throw new AdError(
        'E_IMAGE',
        'The images changed while they were read.',
        'Run it again when they are complete.',
      );
    }
    const raw = scored.map(([, { score }]) => score);
    const score = mean(members.map(({ image }, i) => standardised(raw[i]!, image)));
    const { geometry, inputMap: first } = scored[0]![1];
    const inputMap = first && new Float32Array(first.length);
    if (inputMap) {
      const maps = scored.map(([, one]) => one.inputMap!);
      for (let at = 0; at < inputMap.length; at++) {
        let sum = 0;
        for (const [i, { pixel }] of members.entries()) sum += standardised(maps[i]![at]!, pixel!);
        inputMap[at] = sum / members.length;
      }
    }
    const named = members.map(({ model }, i) => ({ backbone: model.backbone.name, score: raw[i]! }));
    return { score, inputMap, geometry, members: named };
  }
}

/** An item whose image is loaded once for all members. */
interface Shared<T> {
  item: T;
  loaded?: Promise<LoadedInput>;
}

async function* shared<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<Shared<T>> {
  for await (const item of items) yield { item };
}

function loadOnce<T>(item: Shared<T>, load: () => Promise<LoadedInput>): Promise<LoadedInput> {
  item.loaded ??= load();
  return item.loaded;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
