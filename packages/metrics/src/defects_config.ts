import { MetricError } from './errors.js';

/** One entry of MVTec LOCO's `defects_config.json`, under the names that the file uses. */
export interface DefectConfig {
  /** The kind of defect. */
  defect_name: string;
  /** The grey value of this kind's pixels in ground-truth images. */
  pixel_value: number;
  /** Pixels that suffice, or a share of the defect's area where `relative_saturation` is set. */
  saturation_threshold: number;
  /** Whether the threshold is a share of the area. */
  relative_saturation: boolean;
}

/**
 * Pixels of a defect that must be found for it to count as found wholly: floor(threshold * area) where the threshold is
 * relative, else the threshold, but never more than the area.
 *
 * @param defects - the parsed `defects_config.json` of a category
 * @param pixelValue - grey value of the defect in its ground-truth image
 * @param area - pixels of the defect
 * @throws MetricError E_CONFIG (no entry for the value, or a saturation of no pixel), E_RANGE (area)
 * @see Bergmann et al. 2022 (MVTec LOCO), section 4
 * @example
 * saturationArea(defects, 255, 900);
 */
export function saturationArea(defects: readonly DefectConfig[], pixelValue: number, area: number): number {
  if (!(Number.isSafeInteger(area) && area >= 1)) {
    throw new MetricError('E_RANGE', `The area is ${area}; expected a whole number from 1.`);
  }
  const defect = defects.find((entry) => entry.pixel_value === pixelValue);
  if (!defect) {
    const known = defects.map((entry) => entry.pixel_value).join(', ');
    throw new MetricError(
      'E_CONFIG',
      `No defect has the pixel value ${pixelValue}; expected one of: ${known || 'none'}.`,
      "Pass the defects_config.json of the image's own category.",
    );
  }
  const { saturation_threshold: threshold, relative_saturation: relative, defect_name: name } = defect;
  const saturation = relative ? Math.floor(threshold * area) : Math.min(threshold, area);
  if (saturation > 0) return saturation;
  throw new MetricError(
    'E_CONFIG',
    `The saturation of '${name}' (threshold ${threshold}, ${area} pixels) is ${saturation} pixels; expected more than 0.`,
    'Masks that were scaled down may be too small for a relative saturation; evaluate at the original size.',
  );
}
