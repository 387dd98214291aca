/** One image of a data set. */
export interface Sample {
  path: string;
  label: 'good' | 'defect' | 'unknown';
  /** The kind of defect as the data set names it; null for good and unknown images. */
  defect: string | null;
  /** Its ground-truth mask, if there is one; a folder where each defect has a mask of its own. */
  mask: string | null;
}

/** Which images are for what. */
export interface Split {
  /** Good images only. */
  train: Sample[];
  /** Good images that the data set keeps for thresholds; never learned from. */
  validation: Sample[];
  test: Sample[];
  /** MVTec LOCO's `defects_config.json`, where there is one. */
  defectsConfig: string | null;
  /** What the layout left open and how it was decided. */
  notes: string[];
}

/** A data set as a folder layout describes it. */
export interface Dataset extends Split {
  root: string;
  /** The folder's name. */
  name: string;
  layout: string;
}

/** What a reader may be told. */
export interface ReadOptions {
  /** Chooses the good images that are held out for testing where the layout says nothing of it. Default 0. */
  seed?: number | undefined;
}

/** What a layout's reader makes of a folder; null when the folder is not of its layout. */
export type LayoutReader = (root: string, options: ReadOptions) => Promise<Split | null>;

/** A sample without a mask. */
export function sample(path: string, label: Sample['label'], defect: string | null = null): Sample {
  return { path, label, defect, mask: null };
}

/** A split of what was found; nothing of the rest. */
export function split(parts: Partial<Split>): Split {
  return { train: [], validation: [], test: [], defectsConfig: null, notes: [], ...parts };
}
