// A decoder that listens to z in part: its logits are so much of the trained decoder's, and for the rest those of the
// decoder that ignores z.

import { fitted } from "./fit.js";
import { LOG_2PI } from "./normal.js";
import { Grid, PIXELS } from "./vae.js";

/** The decoder that listens in part, from the one that does and the one that ignores z. */
export const listening = (decoder, ignoring, part) => ({
  ...decoder,
  weight2: decoder.weight2.map((weight) => part * weight),
  bias2: decoder.bias2.map((bias, d) => part * bias + (1 - part) * ignoring.bias2[d]),
});

/** Its grid, from the grid of the one that listens: mixed, which is faster than decoded anew. */
export class ListeningGrid extends Grid {
  constructor(whole, ignoring, part) {
    super(listening(whole.decoder, ignoring, part), whole.points, whole.limit);
    whole.decodeRows();
    this.mix = { natural: whole.natural, ignored: ignoring.bias2, part };
  }

  decode(_codes, out, g) {
    const { natural, ignored, part } = this.mix;
    for (let k = 0; k < out.length; k++) out[k] = part * natural[g * PIXELS + k] + (1 - part) * ignored[k % PIXELS];
  }
}

const FAR = 40; // q has e^-40 of its peak there, which no sum of its mass can notice

/** KL(q || p(z|x)) of a normal q, summed over a grid's cells, as the library's posterior does. */
export function gapOn({ points, axis, logCell }, logMass, { mean: [m1, m2], tril: [a, b, c] }) {
  const most = logCell - LOG_2PI - Math.log(a * c);
  let sum = 0;
  for (let i = 0, g = 0; i < points; i++) {
    const e1 = (axis[i] - m1) / a;
    for (let j = 0; j < points; j++, g++) {
      const e2 = (axis[j] - m2 - b * e1) / c;
      const half = 0.5 * (e1 * e1 + e2 * e2);
      if (half > FAR) continue;
      const logQ = most - half;
      sum += Math.exp(logQ) * (logQ - logMass[g]);
    }
  }
  return sum;
}

/** The normal with the smallest gap, to a thousandth. On a grid each try takes little. */
export function nearest(grid, logMass, start) {
  const { mean, tril } = fitted((q) => gapOn(grid, logMass, q), start, true);
  const rounded = (value) => Math.round(1000 * value) / 1000;
  return { mean: mean.map(rounded), tril: tril.map(rounded) };
}
