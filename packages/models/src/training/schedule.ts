/** The learning rate at a point of training. */
export type Schedule = (progress: { step: number; steps: number }) => number;

/** One rate for all steps. */
export function constantRate(rate: number): Schedule {
  return () => rate;
}

/** From the rate down to nothing along half a cosine (Loshchilov, Hutter 2017, equation 5, without restarts). */
export function cosineRate(rate: number): Schedule {
  return ({ step, steps }) => (rate / 2) * (1 + Math.cos((Math.PI * step) / steps));
}
