import {
  type Device,
  type InputConvention,
  type PreprocessSettings,
  type Provider,
  parseThresholdRule,
  type ResizeMode,
} from '@ad/models';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** Reads a whole number of at least `low`. */
export function whole(low: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= low) return value;
    throw new InvalidArgumentError(`expected a whole number of at least ${low}.`);
  };
}

/** Reads an amount of memory: `800MB`, `2.5GB`. */
export function memorySize(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([MG]B)$/i.exec(text.trim()) ?? [];
  if (amount === undefined || Number(amount) === 0) {
    throw new InvalidArgumentError('expected an amount such as 800MB or 2.5GB.');
  }
  return Number(amount) * (unit!.toUpperCase() === 'GB' ? 1e9 : 1e6);
}

// Not null: commander takes a parsed null for a missing value.
function crop(text: string): number | 'none' {
  return text === 'none' ? text : whole(1)(text);
}

/** Options of every command that computes. */
export interface RunOptions {
  threads?: number;
  device: Device;
  provider: Provider;
  json?: true;
}

/** `--threads`, `--device`, `--provider`, `--json`. */
export function addRunOptions(command: Command): Command {
  return command
    .addOption(new Option('--threads <n>', 'threads to use (default: all)').argParser(whole(1)))
    .addOption(
      new Option('--device <device>', 'where the kernels compute')
        .choices(['auto', 'cpu', 'cuda'])
        .default('auto'),
    )
    .addOption(
      new Option('--provider <provider>', 'where onnxruntime computes')
        .choices(['cpu', 'cuda'])
        .default('cpu'),
    )
    .option('--json', 'print one JSON document on stdout and nothing else');
}

/** Options that say how an image becomes the model's input. */
export interface PreprocessOptions {
  resize?: ResizeMode;
  imageSize?: number;
  crop?: number | 'none';
}

/** `--resize`, `--image-size`, `--crop`. */
export function addPreprocessOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--resize <how>',
        "shorter side to the size, stretch to a square, or pad to a square (default: the method's, most often shorter)",
      ).choices(['shorter', 'stretch', 'pad']),
    )
    .addOption(
      new Option('--image-size <px>', "size to resize to (default: the method's, most often 256)").argParser(
        whole(8),
      ),
    )
    .addOption(
      new Option(
        '--crop <px|none>',
        "centre that is inspected (default: the method's, most often 224)",
      ).argParser(crop),
    );
}

/** The settings that these options stand for; what is not given is the method's own. */
export function preprocessOf({ resize, imageSize, crop }: PreprocessOptions): Partial<PreprocessSettings> {
  return {
    ...(resize !== undefined && { resize }),
    ...(imageSize !== undefined && { imageSize }),
    ...(crop !== undefined && { crop: crop === 'none' ? null : crop }),
  };
}

/** `--threshold RULE`. */
export function thresholdOption(): Option {
  const help =
    'auto, f1, none, quantile, quantile:Q, or a number (auto: f1 where labelled images exist, else quantile)';
  return new Option('--threshold <rule>', help)
    .argParser(parseThresholdRule)
    .default({ rule: 'auto' }, 'auto');
}

/** `--skip-unreadable`. */
export function skipOption(): Option {
  return new Option('--skip-unreadable', 'leave out images that cannot be read, and name them');
}

/** Layer names between commas. */
export function layersOption(): Option {
  return new Option(
    '--layers <a,b>',
    'outputs of the backbone to use (default: what the method works on)',
  ).argParser((text: string) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  );
}

const CONVENTIONS: readonly InputConvention[] = ['imagenet', '0..255', '-1..1', '0..1'];

/** `--normalize VALUES`. */
export function normalizeOption(): Option {
  const help = 'what the backbone wants (default: ImageNet for a file)';
  return new Option('--normalize <values>', help).choices(CONVENTIONS);
}
