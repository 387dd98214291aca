import { describe, expect, it } from 'vitest';
import { decodeImage } from '../image/index.js';
import { composePng } from './compose.js';

describe('composePng', () => {
  const red = { data: Uint8Array.of(200, 10, 20), width: 1, height: 1 };

  it('puts pictures on the ground and the drawing over them', async () => {
    const drawing = '<rect x="2" width="1" height="1" fill="#00ff00"/>';
    const pictures = [1, 2].map((left) => ({ pixels: red, left, top: 0 }));
    const { data } = await decodeImage(await composePng({ width: 4, height: 1 }, pictures, drawing));
    const ground = [0x15, 0x18, 0x1c];
    expect([...data]).toEqual([...ground, 200, 10, 20, 0, 255, 0, ...ground]);
  });

  it('takes a drawing of any length', async () => {
    const long = `<path d="${'M0 0'.repeat(3e6)}"/>`;
    const png = await composePng({ width: 1, height: 1 }, [{ pixels: red, left: 0, top: 0 }], long);
    expect([...(await decodeImage(png)).data]).toEqual([200, 10, 20]);
  });
});
