import { binary, scaled, unary, unbroadcast } from '../raw.js';
import type { Value } from '../tape.js';

/** a + b with broadcasting; da = db = dy, summed over what was broadcast. */
export function add(a: Value, b: Value): Value {
  return a.tape.record([a, b], binary('Add', a, b), (dy, needed) => [
    needed[0] ? unbroadcast(dy, a.shape) : null,
    needed[1] ? unbroadcast(dy, b.shape) : null,
  ]);
}

/** a - b with broadcasting; da = dy, db = -dy. */
export function sub(a: Value, b: Value): Value {
  return a.tape.record([a, b], binary('Sub', a, b), (dy, needed) => [
    needed[0] ? unbroadcast(dy, a.shape) : null,
    needed[1] ? unbroadcast(unary('Neg', dy), b.shape) : null,
  ]);
}

/** a b with broadcasting; da = dy b, db = dy a. */
export function mul(a: Value, b: Value): Value {
  return a.tape.record([a, b], binary('Mul', a, b), (dy, needed) => [
    needed[0] ? unbroadcast(binary('Mul', dy, b), a.shape) : null,
    needed[1] ? unbroadcast(binary('Mul', dy, a), b.shape) : null,
  ]);
}

/** A number times a; da = factor dy. */
export function scale(a: Value, factor: number): Value {
  return a.tape.record([a], scaled(a, factor), (dy) => [scaled(dy, factor)]);
}

/** a^2; da = 2 a dy. */
export function square(a: Value): Value {
  return a.tape.record([a], binary('Mul', a, a), (dy) => [binary('Mul', a, scaled(dy, 2))]);
}
