import { describe, expect, it } from 'vitest';
import { AdError, findComponents } from './index.js';

describe('findComponents', () => {
  it('finds two regions with box, area and peak', async () => {
    const map = {
      data: Float32Array.from(
        [
          [5, 0, 0, 0],
          [0, 6, 0, 0],
          [0, 0, 0, 9],
        ].flat(),
      ),
      rows: 3,
      cols: 4,
    };
    expect(await findComponents(map, 5)).toEqual([
      { left: 0, top: 0, width: 2, height: 2, area: 2, peak: 6, peakX: 1, peakY: 1 },
      { left: 3, top: 2, width: 1, height: 1, area: 1, peak: 9, peakX: 3, peakY: 2 },
    ]);
  });

  it('refuses a length that does not fit, naming both', async () => {
    const map = { data: new Float32Array(11), rows: 3, cols: 4 };
    await expect(findComponents(map, 1)).rejects.toThrow('map.data has 11 elements; expected 3 x 4 = 12.');
    await expect(findComponents(map, 1)).rejects.toMatchObject({ code: 'E_SHAPE' });
  });

  it('refuses shared memory and NaN thresholds', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(16)) as Float32Array<ArrayBufferLike>;
    await expect(findComponents({ data: shared as Float32Array, rows: 2, cols: 2 }, 1)).rejects.toThrow(
      AdError,
    );
    await expect(findComponents({ data: new Float32Array(4), rows: 2, cols: 2 }, Number.NaN)).rejects.toThrow(
      'threshold is NaN',
    );
  });

  it('rejects with the reason of an aborted signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(
      findComponents({ data: new Float32Array(4), rows: 2, cols: 2 }, 1, { signal }),
    ).rejects.toThrow('enough');
  });
});
