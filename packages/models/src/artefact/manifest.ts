import { AdError } from '@ad/core-native';
import { z } from 'zod';

/** Raised with every change that an older reader would misunderstand. */
export const SCHEMA_VERSION = 1;

/** A count. */
export const sizeSchema = z.int().nonnegative();
const size = sizeSchema;

/** Size and SHA-256 of a file. */
export const digestSchema = z.strictObject({ bytes: size, sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** A threshold with where it comes from. A null value decides nothing. */
export const thresholdSchema = z.discriminatedUnion('origin', [
  z.strictObject({ origin: z.literal('given'), value: z.number() }),
  z.strictObject({
    origin: z.literal('quantile'),
    value: z.number(),
    quantile: z.number(),
    images: size,
    falseAlarmBound: z.number(),
  }),
  z.strictObject({ origin: z.literal('f1'), value: z.number(), f1: z.number(), images: size, defects: size }),
  z.strictObject({ origin: z.literal('none'), value: z.null() }),
]);

/** Compared with image scores, and with values of the anomaly map. */
export const thresholdsSchema = z.strictObject({ image: thresholdSchema, pixel: thresholdSchema });

/** What wrote a model. */
export const toolSchema = z.strictObject({ name: z.string(), version: z.string() });

/** What a model was fitted on. */
export const trainingSchema = z.strictObject({
  dataset: z.string().nullable(),
  images: size,
  patches: size,
  skipped: size,
  seed: size,
});

/** See DESIGN: every setting that a prediction depends on, and where it came from. */
export const manifestSchema = z.strictObject({
  format: z.literal('ad-model'),
  schema: z.literal(SCHEMA_VERSION),
  tool: toolSchema,
  /** `settings` is what the method was asked for, `state` what it learned beside its tensors. */
  method: z.strictObject({ name: z.string(), settings: z.json(), state: z.json() }),
  backbone: z.strictObject({
    name: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    embedded: z.boolean(),
    convention: z.enum(['imagenet', '0..255', '-1..1', '0..1']),
    layers: z.array(z.strictObject({ name: z.string(), channels: size, stride: size })).min(1),
  }),
  preprocess: z.strictObject({
    resize: z.enum(['shorter', 'stretch', 'pad']),
    imageSize: z.int().positive(),
    crop: z.int().positive().nullable(),
  }),
  map: z.strictObject({ sigma: z.number().nonnegative(), border: z.enum(['mirror', 'reflect']) }),
  thresholds: thresholdsSchema,
  training: trainingSchema,
  files: z.record(z.string(), digestSchema),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Threshold = z.infer<typeof thresholdSchema>;

/**
 * Reads model.json of a single model.
 *
 * @throws AdError E_ARTEFACT_SCHEMA when a newer version wrote it, E_ARTEFACT when it is anything else than a manifest
 */
export function parseManifest(file: string, text: string): Manifest {
  return parseModelFile(file, text, { format: 'ad-model', version: SCHEMA_VERSION, schema: manifestSchema });
}

/** The kind of model that a model.json describes, as far as it says so. */
export function formatOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { format?: unknown } | null)?.format;
  } catch {
    return undefined;
  }
}

/** Reads a model.json of one format. */
export function parseModelFile<T>(
  file: string,
  text: string,
  expected: { format: string; version: number; schema: z.ZodType<T> },
): T {
  const hint = 'Copy the model folder again from where it was made, or fit it again.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AdError(
      'E_ARTEFACT',
      `The file ${file} is damaged: it is not JSON (${(cause as Error).message}).`,
      hint,
      { cause },
    );
  }
  const { format, schema } = (value ?? {}) as { format?: unknown; schema?: unknown };
  if (format === expected.format && typeof schema === 'number' && schema > expected.version) {
    throw new AdError(
      'E_ARTEFACT_SCHEMA',
      `The model was written with schema ${schema} (${file}); this version reads up to schema ${expected.version}.`,
      'Update this tool, or fit the model again with this version.',
    );
  }
  if (format === 'ad-ensemble' && format !== expected.format) {
    throw new AdError(
      'E_ARTEFACT',
      `The file ${file} describes an ensemble; expected a single model.`,
      'Load it with openModel, which takes any.',
    );
  }
  const parsed = expected.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const where = issue.path.length > 0 ? `at ${issue.path.join('.')}: ` : '';
  throw new AdError(
    'E_ARTEFACT',
    `The file ${file} does not describe a model: ${where}${issue.message}.`,
    hint,
  );
}
