/**
 * Reorders convolution weights from TFLite's channels-last layouts, [out, h, w, in] or, depthwise, [1, h, w, channels],
 * to ONNX's [out, in / groups, h, w].
 */
export function toChannelsFirst(
  shape: readonly number[],
  values: Float32Array,
  depthwise: boolean,
): { shape: number[]; values: Float32Array } {
  const [first, height, width, last] = shape as [number, number, number, number];
  if (shape.length !== 4 || values.length !== first * height * width * last) {
    throw new Error(`${values.length} weights do not fill the shape [${shape.join(', ')}]`);
  }
  if (depthwise && first !== 1)
    throw new Error(`expected depthwise weights [1, h, w, c], found [${shape.join(', ')}]`);
  const area = height * width;
  const moved = new Float32Array(values.length);
  for (let outer = 0; outer < first; outer++) {
    for (let at = 0; at < area; at++) {
      for (let inner = 0; inner < last; inner++) {
        moved[(outer * last + inner) * area + at] = values[(outer * area + at) * last + inner]!;
      }
    }
  }
  return { shape: depthwise ? [last, 1, height, width] : [first, last, height, width], values: moved };
}
