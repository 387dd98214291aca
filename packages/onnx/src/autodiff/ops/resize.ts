import { matmul, one, reshape } from '../raw.js';
import type { Value } from '../tape.js';

/**
 * Bilinear resizing of `[n, c, h, w]` with half-pixel centres and clamped borders, no antialiasing (PyTorch's
 * align_corners = false). It is linear: y = H x W^T with fixed interpolation matrices, so dx = H^T dy W.
 */
export function resize(x: Value, height: number, width: number): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  if (h === height && w === width) return x;
  const y = bilinear(x, height, width);
  return x.tape.record([x], y, (dy) => {
    const across = matmul(reshape(dy, [n * c * height, width]), interpolation(x, w, width, false));
    return [matmul(interpolation(x, h, height, true), reshape(across, [n, c, height, w]))];
  });
}

function bilinear(x: Value, height: number, width: number): Value {
  const { tape } = x;
  // Sizes of these two axes only: the number of images stays free.
  const sizes = tape.integers([height, width]);
  return one('Resize', [x, tape.none, tape.none, sizes], [...x.shape.slice(0, 2), height, width], {
    axes: [2, 3],
    mode: 'linear',
    coordinate_transformation_mode: 'half_pixel',
  });
}

/** `[to, from]`: the weights of the old cells in each new one; or its transpose. */
function interpolation({ tape }: Value, from: number, to: number, transposed: boolean): Value {
  const weights = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const place = Math.max(((i + 0.5) * from) / to - 0.5, 0);
    const low = Math.min(Math.floor(place), from - 1);
    const high = Math.min(low + 1, from - 1);
    const at = (cell: number) => (transposed ? cell * to + i : i * from + cell);
    weights[at(low)]! += 1 - (place - low);
    weights[at(high)]! += place - low;
  }
  return tape.constant(weights, transposed ? [from, to] : [to, from]);
}
