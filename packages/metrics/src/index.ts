export { type CategoryMetrics, type MetricSummary, summarize } from './aggregate.js';
export { type Aupimo, aupimo, PimoMetrics } from './aupimo.js';
export { aupro } from './aupro.js';
export { auroc } from './auroc.js';
export { auprTrapezoid, averagePrecision } from './average_precision.js';
export { bootstrapInterval } from './bootstrap.js';
export { type Bounded, BoundedErrorPixelMetrics } from './bounded_error.js';
export { type AurocComparison, compareAurocs } from './compare_aurocs.js';
export { calibrationNeeded, conformalAlarms, conformalPValues } from './conformal.js';
export {
  accuracy,
  balancedAccuracy,
  type Confusion,
  confusionAt,
  dice,
  falsePositiveRate,
  iou,
  truePositiveRate,
} from './confusion.js';
export { type PrCurve, prCurve, type RocCurve, rocCurve } from './curves.js';
export { type DefectConfig, saturationArea } from './defects_config.js';
export { aurocInterval, type Interval } from './delong.js';
export { METRIC_ERROR_CODES, MetricError, type MetricErrorCode } from './errors.js';
export { type F1Max, f1Max } from './f1_max.js';
export type { LabelledMap } from './labelled_map.js';
export { type NormalThreshold, normalThreshold } from './normal_threshold.js';
export {
  fprAtTpr,
  type OperatingPoint,
  operatingPointAtF1Max,
  operatingPointAtRecall,
} from './operating_point.js';
export { type PartialAuroc, partialAuroc } from './partial_auroc.js';
export { PixelIntervals } from './pixel_intervals.js';
export { PixelMetrics } from './pixel_metrics.js';
export { quantileThreshold } from './quantile.js';
export type { BootstrapOptions } from './resample.js';
export { type MetricResult, valueOrNull } from './result.js';
export type { Labels, Scores } from './scores.js';
export { auspro, type SaturatingDefect, SproMetrics } from './spro.js';
export { type BenchmarkRow, type BenchmarkTable, csvTable, jsonTable, markdownTable } from './tables.js';
