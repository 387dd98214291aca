import { expand, one, reshape } from '../raw.js';
import type { Value } from '../tape.js';
import { attributesOf, geometryOf, type Window, windowsOn } from './window.js';

/** The largest value under each window; dx = each dy added to where its largest value was. */
export function maxPool(x: Value, kernel: readonly [number, number], window: Window = {}): Value {
  const geometry = geometryOf(kernel, window);
  const shape = [...x.shape.slice(0, 2), ...windowsOn(x.shape.slice(2), geometry)];
  const attributes = { ...attributesOf(geometry), kernel_shape: kernel };
  const [y, where] = x.tape.emit('MaxPool', [x], [shape, shape], attributes) as [Value, Value];
  return x.tape.record([x], y, (dy) => {
    const zeros = expand(x.tape.constant([0], [1]), [x.size]);
    const scatter = [zeros, reshape(where, [y.size]), reshape(dy, [y.size])];
    return [reshape(one('ScatterElements', scatter, [x.size], { axis: 0, reduction: 'add' }), x.shape)];
  });
}
