/** Quantile of the standard normal distribution, to machine precision: a rough start and two Halley steps. */
export function normalInverse(p: number): number {
  if (p === 0.5) return 0;
  if (p > 0.5) return -normalInverse(1 - p);
  let x = start(p);
  for (let i = 0; i < 2; i++) {
    const error = normalCumulative(x) - p;
    const u = error * Math.sqrt(2 * Math.PI) * Math.exp((x * x) / 2);
    x -= u / (1 + (x * u) / 2);
  }
  return x;
}

/** Abramowitz and Stegun 26.2.23: good to 4.5e-4, which two Halley steps turn into machine precision. */
function start(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p));
  return -(
    t -
    (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  );
}

/** The standard normal distribution function: a series near zero, a continued fraction in the tail. */
export function normalCumulative(x: number): number {
  const z = Math.abs(x);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
      term *= (z * z) / (2 * k + 1);
      sum += term;
    }
    return x >= 0 ? 0.5 + density * sum : 0.5 - density * sum;
  }
  let fraction = z;
  for (let k = 120; k >= 1; k--) fraction = z + k / fraction;
  return x >= 0 ? 1 - density / fraction : density / fraction;
}
