/** Colours of everything that is not the picture; one dark ground, so that the part is the brightest thing there. */
export const THEME = {
  ground: '#15181c',
  text: '#f2f4f7',
  faint: '#a3adb8',
  frame: '#39414a',
  /** What the heat of a colour bar lies on, where a picture would be. */
  underHeat: '#808080',
  /** Inferno has no cyan and no green: lines stay apart from the heat. */
  region: '#2ee6ff',
  truth: '#8dff3f',
  /** Around every line, so that it shows on light ground too. */
  casing: '#000000',
  defect: '#b3261e',
  good: '#1a7a3c',
  noVerdict: '#4a5561',
} as const;
