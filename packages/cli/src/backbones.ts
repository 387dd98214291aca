import {
  AdError,
  Backbone,
  type BackboneOptions,
  EMBEDDED_BACKBONE,
  type InputConvention,
  type LayerChoice,
} from '@ad/models';
import { type Command, Option } from 'commander';
import { layersOption, normalizeOption } from './options.js';

/** Options that say which backbones; each may be given once per backbone. */
export interface BackboneFlags {
  backbone?: string[];
  layers?: string[][];
  normalize?: InputConvention[];
}

/** `--backbone`, `--layers`, `--normalize`. */
export function addBackboneOptions(command: Command): Command {
  return command
    .option(
      '--backbone <name|file.onnx>',
      `feature extractor; several make an ensemble (default: "${EMBEDDED_BACKBONE}")`,
      collect<string>,
    )
    .addOption(repeated(layersOption()))
    .addOption(repeated(normalizeOption()));
}

/** `--backbone` of commands that open a model: files that it does not contain. */
export function givenBackboneOption(): Option {
  return new Option(
    '--backbone <file.onnx>',
    'where the model does not contain its backbone; once for each',
  ).argParser(collect<string>);
}

/**
 * Opens every backbone that was asked for.
 *
 * @throws AdError E_ARGUMENT where layers or conventions are neither one for all nor one for each
 */
export async function openBackbones(
  flags: BackboneFlags,
  layers: LayerChoice,
  options: Pick<BackboneOptions, 'threads' | 'device' | 'provider'>,
): Promise<Backbone[]> {
  const { backbone: sources = [EMBEDDED_BACKBONE] } = flags;
  const layersOf = perBackbone('--layers', flags.layers, sources.length);
  const conventionOf = perBackbone('--normalize', flags.normalize, sources.length);
  const opened: Backbone[] = [];
  try {
    for (const [i, source] of sources.entries()) {
      const own = { layers: layersOf(i) ?? layers, convention: conventionOf(i) };
      opened.push(await Backbone.open(source, { ...options, ...own }));
    }
    return opened;
  } catch (error) {
    await Promise.all(opened.map((backbone) => backbone.close()));
    throw error;
  }
}

function perBackbone<T>(flag: string, values: T[] | undefined, backbones: number) {
  if (values && values.length !== 1 && values.length !== backbones) {
    throw new AdError(
      'E_ARGUMENT',
      `${flag} is given ${values.length} times for ${backbones} backbones; expected once, or once for each in their order.`,
    );
  }
  return (i: number): T | undefined => (values?.length === 1 ? values[0] : values?.[i]);
}

function collect<T>(value: T, before: T[] | undefined): T[] {
  return [...(before ?? []), value];
}

/** The option, once or more; what it reads of one value is kept. */
function repeated(option: Option): Option {
  const { parseArg } = option;
  return option.argParser((text: string, before: unknown[] | undefined) =>
    collect(parseArg ? parseArg(text, undefined as never) : text, before),
  );
}
