import sharp from 'sharp';

const GAP = 12;

/** Pictures beside one another on white, as one PNG. */
export async function sideBySide(pictures: readonly Uint8Array[]): Promise<Buffer> {
  const sizes = await Promise.all(pictures.map((picture) => sharp(picture).metadata()));
  const height = Math.max(...sizes.map((size) => size.height));
  const width = sizes.reduce((sum, size) => sum + size.width, GAP * (sizes.length - 1));
  let left = 0;
  const placed = pictures.map((picture, i) => {
    const at = { input: Buffer.from(picture), left, top: 0 };
    left += sizes[i]!.width + GAP;
    return at;
  });
  return sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .composite(placed)
    .png()
    .toBuffer();
}
