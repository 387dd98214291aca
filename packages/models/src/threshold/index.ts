export { calibrate } from './calibrate.js';
export { DEFAULT_QUANTILE, parseThresholdRule, type ThresholdRule } from './rule.js';
export { splitForThreshold } from './split.js';
export { givenThresholds, type Thresholds } from './thresholds.js';
