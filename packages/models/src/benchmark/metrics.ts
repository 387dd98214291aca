/** The metrics that tables are made of. */
export const TABLES: readonly {
  metric: string;
  title: string;
  lowerIsBetter?: boolean;
  decimals?: number;
}[] = [
  { metric: 'image_auroc', title: 'Image-Level AUC' },
  { metric: 'pixel_auroc', title: 'Pixel-Level AUC' },
  { metric: 'aupro', title: 'AUPRO (FPR 0.3)' },
  { metric: 'auspro', title: 'sPRO (FPR 0.05)' },
  { metric: 'image_f1', title: 'Image F1 Score' },
  { metric: 'balanced_accuracy', title: 'Balanced Accuracy Score' },
  { metric: 'image_ap', title: 'Image Average Precision' },
  {
    metric: 'false_positives_at_full_recall',
    title: 'False Alarms at Full Recall',
    lowerIsBetter: true,
    decimals: 1,
  },
];
