export { auroc } from './auroc.js';
export { accuracy, balancedAccuracy, type Confusion, confusionAt } from './confusion.js';
export { aurocInterval, type Interval } from './delong.js';
export { METRIC_ERROR_CODES, MetricError, type MetricErrorCode } from './errors.js';
export { type F1Max, f1Max } from './f1_max.js';
export { type NormalThreshold, normalThreshold } from './normal_threshold.js';
export { aupro, PixelMetrics } from './pixel_metrics.js';
export { type MetricResult, valueOrNull } from './result.js';
export type { Labels, Scores } from './scores.js';
