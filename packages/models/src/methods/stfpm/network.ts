import type { Graph } from '@ad/onnx';
import {
  add,
  InferenceLayers,
  type Layers,
  l2Normalise,
  mul,
  replay,
  resize,
  scale,
  square,
  sub,
  sum,
  Tape,
  toModel,
  type Value,
  type Weights,
} from '@ad/onnx/autodiff';
import type { LayerShape } from '../method.js';
import { IMAGE, mapName } from '../trained/collect.js';
import { MAP } from '../trained/fitted.js';

/** What the student sees, and what the teacher made of it. */
export interface StudentTask {
  /** The teacher: the student has its architecture. */
  graph: Graph;
  /** Names of the teacher's layers. */
  names: readonly string[];
  layers: readonly LayerShape[];
  input: { height: number; width: number };
}

/** Half the squared distance of student and teacher at each position, channels at unit length (equation 1); one per level. */
function distances(tape: Tape, layers: Layers, task: StudentTask, batch: number): Value[] {
  const { graph, names, layers: shapes, input } = task;
  const x = tape.input(IMAGE, [batch, 3, input.height, input.width]);
  const students = replay(graph, layers, x, names);
  return shapes.map(({ channels, height, width }, level) => {
    const teacher = tape.input(mapName(level), [batch, channels, height, width]);
    return scale(sum(square(sub(l2Normalise(students[level]!), l2Normalise(teacher))), [1]), 0.5);
  });
}

/** The loss (equations 2 and 3): the mean over positions and images of each level, added up. */
export function stfpmLoss(tape: Tape, layers: Layers, task: StudentTask, batch: number): Value {
  return distances(tape, layers, task, batch)
    .map((distance) => scale(sum(distance), 1 / distance.size))
    .reduce(add);
}

/** The network that scores: the levels' distances at the input size, multiplied (equation 4). */
export function stfpmScorer(weights: Weights, task: StudentTask): Uint8Array<ArrayBuffer> {
  const tape = new Tape();
  const { height, width } = task.input;
  const maps = distances(tape, new InferenceLayers(tape, weights), task, 1);
  tape.output(maps.map((map) => resize(map, height, width)).reduce(mul), MAP);
  return toModel(tape, { anyBatch: true }).write();
}
