import { AdError } from '@ad/core-native';

/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** A rectangle in pixels. */
export interface Rect extends Size {
  left: number;
  top: number;
}

/**
 * `shorter`: the shorter side becomes the size, aspect kept (the paper's). `stretch`: a square, aspect not kept
 * (anomalib's). `pad`: the longer side becomes the size, the rest of the square repeats the edge.
 */
export type ResizeMode = 'shorter' | 'stretch' | 'pad';

/** How an image becomes the model's input. It is stored in the artefact and serves fit, predict and evaluate alike. */
export interface PreprocessSettings {
  resize: ResizeMode;
  /** Side after resizing, in pixels. Paper: 256. */
  imageSize: number;
  /** Side of the centre square that is inspected, or null for all of it. Paper: 224. */
  crop: number | null;
}

/** Refuses a crop that does not fit into what resizing gives. */
export function checkPreprocess({ imageSize, crop }: PreprocessSettings): void {
  if (crop === null || crop <= imageSize) return;
  throw new AdError(
    'E_ARGUMENT',
    `The crop of ${crop} pixels does not fit into images resized to ${imageSize}.`,
    `Use --crop ${imageSize} or less, --crop none, or a larger --image-size.`,
  );
}
