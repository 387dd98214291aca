import { allocateFloats } from './allocate.js';
import { type CallOptions, call } from './call.js';
import { checkFinite, checkFloats, checkInteger, checkMatrix, type Matrix } from './check.js';
import { AdError } from './errors.js';
import { addon } from './load.js';

/** One level's feature maps of a batch. */
export interface FeatureMap {
  /** `[images, channels, height, width]` */
  data: Float32Array;
  channels: number;
  height: number;
  width: number;
  /** Multiplies the level's embedded values; default 1. */
  scale?: number | undefined;
}

/** Settings of {@link patchEmbed}. */
export interface PatchEmbedSettings {
  images: number;
  /** Side of the neighbourhood that is averaged; odd, 1 = none. Default 3, the paper's. */
  patchSize?: number | undefined;
  /**
   * How coarser levels are brought to the first level's grid. `bilinear` (default): half-pixel centres, PatchCore's.
   * `nearest`: torch's `F.interpolate(mode='nearest')`; with `patchSize` 1 PaDiM's embedding.
   */
  interpolation?: 'bilinear' | 'nearest' | undefined;
  /** Writes into a larger matrix from row `row` on, instead of into a new one. */
  into?: { matrix: Matrix; row: number } | undefined;
}

/** Mean and population standard deviation of one level. */
export interface LevelMoments {
  mean: number;
  std: number;
}

/**
 * PatchCore's locally aware patch features (arXiv:2106.08265, eq. 1-3): each level averaged over `patchSize` x
 * `patchSize` (zero padding, always divided by the full count), brought to the first level's grid, concatenated, channels
 * last. The same bits on every CPU and for every thread count.
 *
 * @param maps - the level with the finest grid first; NaN passes through
 * @returns `[images * height * width, channels of all levels]`; row `(i * height + y) * width + x` is patch (x, y) of
 * image i. With `into`, that matrix.
 * @throws AdError E_SHAPE, E_ARGUMENT, E_OUT_OF_MEMORY
 * @example
 * const patches = await patchEmbed([layer2, layer3], { images: 8 });
 */
export async function patchEmbed(
  maps: readonly FeatureMap[],
  settings: PatchEmbedSettings,
  options: CallOptions = {},
): Promise<Matrix> {
  const { images, patchSize = 3, interpolation = 'bilinear', into } = settings;
  checkInteger('images', images, 1);
  checkInteger('patchSize', patchSize, 1, 255);
  if (patchSize % 2 === 0)
    throw new AdError('E_ARGUMENT', `patchSize is ${patchSize}; expected an odd number.`);
  if (interpolation !== 'bilinear' && interpolation !== 'nearest') {
    throw new AdError('E_ARGUMENT', `interpolation is '${interpolation}'; expected 'bilinear' or 'nearest'.`);
  }
  const [first] = maps;
  if (!first) throw new AdError('E_ARGUMENT', 'maps is empty; expected at least one level.');
  maps.forEach((map, i) => {
    checkMap(`maps[${i}]`, map, images);
  });
  const rows = images * first.height * first.width;
  const cols = maps.reduce((sum, map) => sum + map.channels, 0);
  const target = into ?? { matrix: { data: allocateFloats(rows * cols), rows, cols }, row: 0 };
  checkTarget(target, rows, cols);
  const levels = maps.map(({ data, channels, height, width, scale = 1 }) => ({
    data,
    channels,
    height,
    width,
    scale,
  }));
  const { matrix, row } = target;
  const out = { out: matrix.data, rows: matrix.rows, cols, row };
  const nearest = interpolation === 'nearest';
  await call(options, (run) =>
    addon().patchEmbed({ levels, images, patch: patchSize, nearest, ...out }, run),
  );
  return matrix;
}

/**
 * Mean and population standard deviation of each level of embedded rows, summed in double precision; the same bits for
 * every thread count.
 *
 * @param rows - `[patches, sum of channels]`
 * @param channels - of each level, in the order of the columns
 * @throws AdError E_SHAPE, E_NOT_FINITE (names the row)
 * @example
 * const [layer2, layer3] = await levelMoments(patches, [128, 256]);
 */
export async function levelMoments(
  rows: Matrix,
  channels: readonly number[],
  options: CallOptions = {},
): Promise<LevelMoments[]> {
  checkLevels(rows, channels);
  const levels = channels.map((count) => ({ channels: count }));
  return call(options, (run) => addon().levelMoments({ ...rows, levels }, run));
}

/**
 * Multiplies each level of embedded rows by its factor, in place: the bits that {@link patchEmbed} gives with these
 * scales.
 *
 * @param rows - `[patches, sum of channels]`, changed
 * @param factors - one per level, finite
 * @throws AdError E_SHAPE, E_ARGUMENT
 * @example
 * await scaleLevels(patches, [128, 256], [0.05, 0.02]);
 */
export async function scaleLevels(
  rows: Matrix,
  channels: readonly number[],
  factors: readonly number[],
  options: CallOptions = {},
): Promise<void> {
  checkLevels(rows, channels);
  if (factors.length !== channels.length) {
    throw new AdError('E_SHAPE', `There are ${factors.length} factors for ${channels.length} levels.`);
  }
  factors.forEach((factor, i) => {
    checkFinite(`factors[${i}]`, factor);
  });
  const levels = channels.map((count, i) => ({ channels: count, factor: factors[i]! }));
  await call(options, (run) => addon().scaleLevels({ ...rows, levels }, run));
}

function checkMap(name: string, map: FeatureMap, images: number): void {
  const { data, channels, height, width, scale = 1 } = map;
  for (const [axis, value] of Object.entries({ channels, height, width }))
    checkInteger(`${name}.${axis}`, value, 1);
  checkFinite(`${name}.scale`, scale);
  checkFloats(
    `${name}.data`,
    data,
    images * channels * height * width,
    `${images} x ${channels} x ${height} x ${width}`,
  );
}

function checkTarget({ matrix, row }: { matrix: Matrix; row: number }, rows: number, cols: number): void {
  checkMatrix('into.matrix', matrix);
  checkInteger('into.row', row, 0);
  if (matrix.cols === cols && row + rows <= matrix.rows) return;
  throw new AdError(
    'E_SHAPE',
    `into.matrix is ${matrix.rows} x ${matrix.cols}; ${rows} rows of ${cols} columns do not fit at row ${row}.`,
  );
}

function checkLevels(rows: Matrix, channels: readonly number[]): void {
  checkMatrix('rows', rows);
  channels.forEach((count, i) => {
    checkInteger(`channels[${i}]`, count, 1);
  });
  const total = channels.reduce((a, b) => a + b, 0);
  if (total === rows.cols) return;
  throw new AdError('E_SHAPE', `channels add up to ${total}; expected the ${rows.cols} columns of the rows.`);
}
