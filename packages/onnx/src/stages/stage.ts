import type { Dim } from '../value.js';
import type { Grid, InputSize } from './grid.js';
import type { ReceptiveField } from './receptive_field.js';

/** A place where features can be taken, with what they are and what they cost. */
export interface Stage extends Grid {
  /** `layer1` to `layer4`, or `block1` and so on. */
  name: string;
  /** The tensor in the graph. */
  tensor: string;
  /** Share of the network's floating-point operations since the stage before, and up to here. */
  share: number;
  cumulativeShare: number;
  receptiveField: ReceptiveField;
}

/** What {@link findStages} finds. */
export interface NetworkStages {
  /** Stages halve the grid; a transformer keeps one. */
  kind: 'convolutional' | 'transformer';
  input: InputSize & { name: string; shape: readonly Dim[] };
  /** At strides 4, 8, 16 and 32 as far as there are; of a transformer after each quarter of its depth. */
  stages: Stage[];
  /** Every block of a transformer. */
  blocks: Stage[];
  /** Grid of a transformer's patch embedding, and the tensor that has it. */
  patches?: (Grid & { tensor: string }) | undefined;
  /** Floating-point operations for one image of the input's size. */
  flops: number;
}
