import { binary, scaled, unary } from './raw.js';
import type { Value } from './tape.js';

/** How a parameter moves along its gradient. */
export interface Optimiser {
  /** Numbers that are fed at each step, by name. */
  readonly scalars: readonly string[];
  /** Their values, in this order. @param step - from 1 */
  valuesAt(step: number, rate: number): number[];
  /** Tensors in the parameter's shape that are kept beside it; they begin as zeros. */
  readonly slots: readonly string[];
  /** What parameter and slots are after a step. */
  update(parameter: Value, gradient: Value, slots: readonly Value[], scalars: readonly Value[]): Update;
}

/** See {@link Optimiser.update}. */
export interface Update {
  parameter: Value;
  slots: Value[];
}

/** Gradient descent with momentum as PyTorch has it: v = momentum v + g + decay w, w = w - rate v. */
export function sgd({ momentum = 0, weightDecay = 0 } = {}): Optimiser {
  return {
    scalars: ['rate'],
    valuesAt: (_, rate) => [rate],
    slots: ['velocity'],
    update(w, gradient, [v], [rate]) {
      const next = binary('Add', scaled(v!, momentum), decayed(gradient, w, weightDecay));
      return { parameter: binary('Sub', w, binary('Mul', next, rate!)), slots: [next] };
    },
  };
}

/**
 * Adam (Kingma, Ba 2015, algorithm 1) with weight decay added to the gradient:
 * m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, w = w - rate m c1 / (sqrt(v c2) + eps), c = 1 / (1 - b^step).
 *
 * Each pass over a large tensor takes time: m and v are kept without their factors (1 - b1) and (1 - b2), and all
 * factors go into two numbers, w = w - stride m / (sqrt(v) + guard).
 */
export function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = {}): Optimiser {
  return {
    scalars: ['stride', 'guard'],
    valuesAt(step, rate) {
      const first = (1 - beta1) / (1 - beta1 ** step);
      const second = Math.sqrt((1 - beta2) / (1 - beta2 ** step));
      return [(rate * first) / second, epsilon / second];
    },
    slots: ['mean', 'square'],
    update(w, gradient, [m, v], [stride, guard]) {
      const g = decayed(gradient, w, weightDecay);
      const mean = binary('Add', scaled(m!, beta1), g);
      const square = binary('Add', scaled(v!, beta2), binary('Mul', g, g));
      const move = binary('Div', mean, binary('Add', unary('Sqrt', square), guard!));
      return { parameter: binary('Sub', w, binary('Mul', move, stride!)), slots: [mean, square] };
    },
  };
}

function decayed(gradient: Value, w: Value, weightDecay: number): Value {
  return weightDecay === 0 ? gradient : binary('Add', gradient, scaled(w, weightDecay));
}
