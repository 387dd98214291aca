import type { SeededRandom } from '@ad/models';
import type { Mark, Plate } from '../plate.js';

/** What went wrong with a plate. */
export interface Defect {
  /** The plate with the defect. */
  plate: Plate;
  /** SVG, white on nothing: all of the place that the defect changes and nothing else. */
  shape: string;
}

/** Spoils a good plate in one way; place, size and strength are random. */
export type Spoil = (plate: Plate, random: SeededRandom) => Defect;

/** The plate with one more mark. */
export function withMark(plate: Plate, mark: Mark): Plate {
  return { ...plate, marks: [...plate.marks, mark] };
}
