import type { Spoil } from './defect.js';
import { dent } from './dent.js';
import { missingHole } from './missing_hole.js';
import { scratch } from './scratch.js';
import { stain } from './stain.js';

export type { Defect, Spoil } from './defect.js';

/** Every kind of defect, by the name of its folder. */
export const DEFECTS: Readonly<Record<string, Spoil>> = { scratch, stain, missing_hole: missingHole, dent };
