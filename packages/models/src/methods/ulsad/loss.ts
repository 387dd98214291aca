import {
  add,
  attention,
  cosine,
  mean,
  reshape,
  scale,
  slice,
  square,
  sub,
  transpose,
  type Value,
} from '@ad/onnx/autodiff';

/** Weight of the angle beside the length of a difference. */
const LAMBDA = 0.5;

/** |a - b|^2 / c + lambda (1 - cos(a, b)) at each position, `[n, 1, h, w]` (equations 2 to 4, 7, 8). */
export function distance(a: Value, b: Value): Value {
  const angle = sub(a.tape.scalar(1), cosine(a, b));
  return add(mean(square(sub(a, b)), [1]), scale(angle, LAMBDA));
}

/** The two halves of what the feature autoencoder gives. */
export function halves(reconstruction: Value): [Value, Value] {
  const c = reconstruction.shape[1]! / 2;
  return [slice(reconstruction, 1, 0, c), slice(reconstruction, 1, c, 2 * c)];
}

/** Each position asks `query` and is answered by the features of all positions (equation 5). */
function attended(features: Value, query: Value): Value {
  const [n, c, h, w] = features.shape as [number, number, number, number];
  const rows = (x: Value) => transpose(reshape(x, [n, c, h * w]), [0, 2, 1]);
  const keys = rows(features);
  return reshape(transpose(attention(rows(query), keys, keys), [0, 2, 1]), [n, c, h, w]);
}

/**
 * The whole loss (algorithm 1, line 19): the local branch reconstructs the features, the global branch relates the
 * positions as the features do, and both branches agree.
 */
export function ulsadLoss(features: Value, reconstruction: Value, global: Value): Value {
  const [local, shared] = halves(reconstruction);
  return [
    distance(features, local),
    distance(attended(features, features), attended(features, global)),
    distance(global, shared),
  ]
    .map((map) => mean(map))
    .reduce(add);
}
