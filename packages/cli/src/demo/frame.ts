/** Width and height of every picture, px. */
export const SIZE = 320;

/** Where the part lies under the camera: the fixture has play. */
export interface Pose {
  /** Centre of the part, px from the centre of the picture. */
  x: number;
  y: number;
  /** Clockwise as seen, radians. */
  angle: number;
}

/** The SVG transform that carries plate coordinates (px, origin at the part's centre) into the picture. */
export function toPicture({ x, y, angle }: Pose): string {
  return `translate(${SIZE / 2 + x} ${SIZE / 2 + y}) rotate(${(angle * 180) / Math.PI})`;
}

/** The inverse of {@link toPicture}: plate coordinates `[u, v]` of a point of the picture. */
export function toPlate({ x, y, angle }: Pose, column: number, row: number): [number, number] {
  const dx = column - SIZE / 2 - x;
  const dy = row - SIZE / 2 - y;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return [cos * dx + sin * dy, cos * dy - sin * dx];
}
