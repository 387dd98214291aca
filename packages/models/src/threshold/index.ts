export { DEFAULT_QUANTILE, parseThresholdRule, type ThresholdRule } from './rule.js';
export { type Split, splitForThreshold } from './split.js';
export {
  f1Thresholds,
  givenThresholds,
  quantileThresholds,
  type Scored,
  type Thresholds,
} from './thresholds.js';
