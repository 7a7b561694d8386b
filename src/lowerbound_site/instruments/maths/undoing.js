// The smallest decoder, x = 2 z + noise, and its prior, a normal around zero: who asks which z made x gets p(z|x).

export const WEIGHT = 2; // what the decoder makes of z, before its noise

/** p(z|x), a normal. `prior` and `noise` are widths. */
export function posterior({ x, prior, noise }) {
  const variance = 1 / (1 / prior ** 2 + (WEIGHT / noise) ** 2);
  return { mean: (variance * WEIGHT * x) / noise ** 2, width: Math.sqrt(variance) };
}

/** Minus the log of p(z) and of p(x|z), in nats, each less what it is at its smallest. */
export const costs = (z, { x, prior, noise }) => [(z / prior) ** 2 / 2, ((x - WEIGHT * z) / noise) ** 2 / 2];
