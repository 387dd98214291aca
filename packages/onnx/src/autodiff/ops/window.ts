/** How a window moves over a grid; ONNX's attributes of convolution and pooling. */
export interface Window {
  /** Down, across. Default 1. */
  strides?: readonly [number, number] | undefined;
  /** Top, left, bottom, right. Default 0. */
  pads?: readonly [number, number, number, number] | undefined;
  /** Down, across. Default 1. */
  dilations?: readonly [number, number] | undefined;
}

/** A window with every number known. */
export interface Geometry {
  strides: readonly [number, number];
  pads: readonly [number, number, number, number];
  dilations: readonly [number, number];
  /** Cells that a kernel spans, with its dilation. */
  spans: readonly [number, number];
}

export function geometryOf(kernel: readonly number[], { strides, pads, dilations }: Window): Geometry {
  const spread = dilations ?? ([1, 1] as const);
  return {
    strides: strides ?? [1, 1],
    pads: pads ?? [0, 0, 0, 0],
    dilations: spread,
    spans: [spread[0] * (kernel[0]! - 1) + 1, spread[1] * (kernel[1]! - 1) + 1],
  };
}

/** Positions that a window takes on a grid: floor((length + pads - span) / stride) + 1. */
export function windowsOn(
  [height, width]: readonly number[],
  { strides, pads, spans }: Geometry,
): [number, number] {
  return [
    Math.floor((height! + pads[0] + pads[2] - spans[0]) / strides[0]) + 1,
    Math.floor((width! + pads[1] + pads[3] - spans[1]) / strides[1]) + 1,
  ];
}

export function attributesOf({ strides, pads, dilations }: Geometry) {
  return { strides, pads, dilations };
}

/** The same stride and padding on all sides. */
export function square(stride: number, padding: number): Required<Pick<Window, 'strides' | 'pads'>> {
  return { strides: [stride, stride], pads: [padding, padding, padding, padding] };
}
