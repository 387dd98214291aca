/** One image of a data set. */
export interface Sample {
  path: string;
  label: 'good' | 'defect' | 'unknown';
  /** The kind of defect as the data set names it; null for good and unknown images. */
  defect: string | null;
  /** Its ground-truth mask, if there is one. */
  mask: string | null;
}

/** A data set as a folder layout describes it. */
export interface Dataset {
  root: string;
  /** The folder's name. */
  name: string;
  layout: string;
  /** Good images only. */
  train: Sample[];
  test: Sample[];
}

/** What a layout's reader makes of a folder; null when the folder is not of its layout. */
export type LayoutReader = (root: string) => Promise<Pick<Dataset, 'train' | 'test'> | null>;

/** A sample without a mask. */
export function sample(path: string, label: Sample['label'], defect: string | null = null): Sample {
  return { path, label, defect, mask: null };
}
