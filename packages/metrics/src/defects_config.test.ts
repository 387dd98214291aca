import { describe, expect, it } from 'vitest';
import { saturationArea } from './defects_config.js';

const defects = [
  { defect_name: 'missing', pixel_value: 255, saturation_threshold: 100, relative_saturation: false },
  { defect_name: 'scratch', pixel_value: 254, saturation_threshold: 0.7, relative_saturation: true },
];

describe('saturationArea', () => {
  it('is a number of pixels, but never more than the defect has', () => {
    expect(saturationArea(defects, 255, 900)).toBe(100);
    expect(saturationArea(defects, 255, 40)).toBe(40);
  });

  it('is a share of the area, rounded down, where the threshold is relative', () => {
    expect(saturationArea(defects, 254, 15)).toBe(10);
  });

  it('refuses a value that the file does not name, saying which it names', () => {
    expect(() => saturationArea(defects, 7, 10)).toThrow(
      'No defect has the pixel value 7; expected one of: 255, 254.',
    );
    expect(() => saturationArea([], 7, 10)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }));
  });

  it('refuses a saturation of no pixel, which would divide by 0', () => {
    expect(() => saturationArea(defects, 254, 1)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }));
  });

  it.each([0, 1.5, -1])('refuses the area %s', (area) => {
    expect(() => saturationArea(defects, 255, area)).toThrow(expect.objectContaining({ code: 'E_RANGE' }));
  });
});
