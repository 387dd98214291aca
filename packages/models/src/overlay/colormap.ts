/** Red, green, blue, 0..255. */
export type Rgb = readonly [number, number, number];

/**
 * Every 15th of the 256 colours of inferno (van der Walt and Smith, matplotlib 1.5, CC0): lightness rises evenly, so that
 * equal steps of score look equal, also in grey print and to colour-blind eyes. Between them a straight line is at
 * most 6 of 255 away from the full table.
 */
const INFERNO: readonly Rgb[] = [
  [0, 0, 4],
  [10, 7, 34],
  [30, 12, 69],
  [56, 9, 98],
  [81, 14, 108],
  [105, 22, 110],
  [128, 31, 108],
  [152, 39, 102],
  [176, 49, 91],
  [198, 61, 77],
  [217, 77, 61],
  [233, 97, 43],
  [244, 121, 24],
  [250, 148, 7],
  [252, 176, 20],
  [248, 205, 55],
  [242, 234, 105],
  [252, 255, 164],
];

/** The colour at `share` (0..1) of the inferno colormap, whole numbers. */
export function inferno(share: number): Rgb {
  const at = share * (INFERNO.length - 1);
  const below = Math.min(Math.floor(at), INFERNO.length - 2);
  const [a, b] = [INFERNO[below]!, INFERNO[below + 1]!];
  const mix = (c: 0 | 1 | 2) => Math.round(a[c] + (b[c] - a[c]) * (at - below));
  return [mix(0), mix(1), mix(2)];
}
