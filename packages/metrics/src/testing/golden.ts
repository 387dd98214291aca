import { readFileSync } from 'node:fs';

/** What `goldens/generate_rankings.py` writes. */
export interface Rankings {
  cases: {
    name: string;
    scores: number[];
    labels: number[];
    auroc: number;
    averagePrecision: number;
    auprTrapezoid: number;
    partial: Record<string, number>;
    fprAt95: number;
    fprAt50: number;
    f1Max: { f1: number; threshold: number };
    roc: { fpr: number[]; tpr: number[]; thresholds: number[] };
    pr: { precision: number[]; recall: number[] };
    at: {
      threshold: number;
      counts: [number, number, number, number];
      accuracy: number;
      balancedAccuracy: number;
      iou: number;
      dice: number;
    };
  }[];
  delong: {
    first: number[];
    second: number[];
    labels: number[];
    expected: {
      first: number;
      second: number;
      z: number;
      pValue: number;
      low: number;
      high: number;
      interval: [number, number];
    };
  }[];
  quantiles: { values: number[]; expected: [number, number][] };
  normal: [number, number][];
  normalInverse: [number, number][];
}

/** What `goldens/generate_overlaps.py` writes. */
export interface Overlaps {
  sets: {
    width: number;
    height: number;
    maps: number[][];
    masks: number[][];
    areas: number[][];
    aupro: [number, number][];
    spro: [number, number][];
    overlapping: { masks: [number[], number[]]; saturations: [number, number]; expected: [number, number][] };
    aupimo: { low: number; high: number; expected: number[] };
    at: { threshold: number; pro: number; hit: number; halfHit: number; iou: number };
    auroc: number;
    averagePrecision: number;
    partial: number;
  }[];
}

export const rankings: Rankings = read('rankings');
export const overlaps: Overlaps = read('overlaps');

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../goldens/${name}.json`, import.meta.url), 'utf8'));
}
