// The trained VAE: 64 pixels, 2 latent numbers, one hidden layer with SiLU in each network, Bernoulli pixels.
//
//     p(z) = N(0, I)      p(x|z): the decoder's 64 logits      q(z|x): the encoder's 2 means and 2 log widths
//
// In every formula x is an array of 64 pixels, 0 or 1; logarithms are in nats.

import { klToPrior, LOG_2PI, upright } from "./normal.js";
import { logSumExp } from "./numbers.js";
import { expectation } from "./quadrature.js";

export const PIXELS = 64;

/** A network with one hidden layer, from its numbers in torch's order: weight, bias, weight, bias. */
export function network(numbers, inputs, outputs) {
  const hidden = (numbers.length - outputs) / (inputs + 1 + outputs);
  let start = 0;
  const next = (count) => numbers.slice(start, (start += count));
  return {
    inputs,
    hidden,
    outputs,
    weight1: next(hidden * inputs),
    bias1: next(hidden),
    weight2: next(outputs * hidden),
    bias2: next(outputs),
    layer: new Float64Array(hidden),
  };
}

export const decoderFrom = (numbers) => network(numbers, 2, PIXELS);
export const encoderFrom = (numbers) => network(numbers, PIXELS, 4);

/**
 * The decoder that ignores z and does its best all the same: it always answers with how often each pixel is on. Half an
 * image more is counted on either side, so that no pixel is impossible.
 */
export function deaf(decoder, counts, images) {
  const logits = Float64Array.from(counts, (on) => Math.log((on + 0.5) / (images - on + 0.5)));
  return { ...decoder, weight2: new Float64Array(decoder.weight2.length), bias2: logits };
}

/** The network's output for one input, written into `out`. */
export function forward(net, input, out = new Float64Array(net.outputs)) {
  const { inputs, hidden, outputs, weight1, bias1, weight2, bias2, layer } = net;
  for (let h = 0, w = 0; h < hidden; h++) {
    let t = bias1[h];
    for (let i = 0; i < inputs; i++) t += weight1[w++] * input[i];
    layer[h] = t / (1 + Math.exp(-t));
  }
  // Four outputs at a time: four sums that do not wait for each other take little longer than one.
  for (let o = 0; o < outputs; o += 4) {
    const w = o * hidden;
    let [a, b, c, d] = [bias2[o], bias2[o + 1], bias2[o + 2], bias2[o + 3]];
    for (let h = 0; h < hidden; h++) {
      const t = layer[h];
      a += weight2[w + h] * t;
      b += weight2[w + hidden + h] * t;
      c += weight2[w + 2 * hidden + h] * t;
      d += weight2[w + 3 * hidden + h] * t;
    }
    [out[o], out[o + 1], out[o + 2], out[o + 3]] = [a, b, c, d];
  }
  return out;
}

/** The sum of log(1 + e^logit) over the pixels, with one logarithm: of a product of 64 numbers between 1 and 2. */
export function partition(logits) {
  let sum = 0;
  let product = 1;
  for (let d = 0; d < PIXELS; d++) {
    const t = logits[d];
    if (t > 0) sum += t;
    product *= 1 + Math.exp(t > 0 ? -t : t);
  }
  return sum + Math.log(product);
}

const logits = new Float64Array(PIXELS);

/** log p(x|z) = sum of x_d logit_d - log(1 + e^logit_d). */
export function logLikelihood(decoder, x, z1, z2) {
  forward(decoder, [z1, z2], logits);
  let sum = -partition(logits);
  for (let d = 0; d < PIXELS; d++) if (x[d]) sum += logits[d];
  return sum;
}

/** What the encoder answers for x: q(z|x), an upright normal. */
export function encode(encoder, x) {
  const [m1, m2, s1, s2] = forward(encoder, x);
  return upright(m1, m2, Math.exp(s1), Math.exp(s2));
}

/** E_q[log p(x|z)] by quadrature; with a `spacing`, by that one sum. */
export function reconstruction(decoder, x, { mean: [m1, m2], tril: [a, b, c] }, spacing) {
  const valuesAt = (points) => {
    const values = new Float64Array(points.length / 2);
    for (let k = 0; k < values.length; k++) {
      const [e1, e2] = [points[2 * k], points[2 * k + 1]];
      values[k] = logLikelihood(decoder, x, m1 + a * e1, m2 + b * e1 + c * e2);
    }
    return values;
  };
  return expectation(valuesAt, spacing);
}

/** loss = -ELBO = -E_q[log p(x|z)] + KL(q || p(z)). */
export function loss(decoder, x, q, spacing) {
  return klToPrior(q) - reconstruction(decoder, x, q, spacing);
}

/** A grid of codes, decoded once; the second coordinate is the faster one. */
export class Grid {
  constructor(decoder, points = 72, limit = 5) {
    this.decoder = decoder;
    this.points = points;
    this.limit = limit;
    this.spacing = (2 * limit) / (points - 1);
    this.axis = Float64Array.from({ length: points }, (_, i) => -limit + i * this.spacing);
    this.logCell = 2 * Math.log(this.spacing);
    this.natural = new Float64Array(points * points * PIXELS); // the logits at every point
    this.constant = new Float64Array(points * points); // log p(z) + log cell - sum of log(1 + e^logit)
    this.rows = 0; // decoded so far
  }

  /** Decode some more rows; true when the grid is whole. A page does so between two frames. */
  decodeRows(count = this.points) {
    const { points, axis, natural, constant } = this;
    for (const end = Math.min(points, this.rows + count); this.rows < end; this.rows++) {
      const z1 = axis[this.rows];
      for (let j = 0; j < points; j++) {
        const g = this.rows * points + j;
        const out = natural.subarray(g * PIXELS, (g + 1) * PIXELS);
        this.decode(g, [z1, axis[j]], out);
        constant[g] = -0.5 * (z1 * z1 + axis[j] * axis[j]) - LOG_2PI + this.logCell - partition(out);
      }
    }
    return this.rows === points;
  }

  /** The logits at point g, which is z, written into `out`. */
  decode(g, z, out) {
    forward(this.decoder, z, out);
  }

  /** log p(x, z in cell) for every cell. */
  logJoint(x) {
    if (this.rows < this.points) this.decodeRows();
    const { natural, constant } = this;
    const on = [];
    for (let d = 0; d < PIXELS; d++) if (x[d]) on.push(d);
    return constant.map((start, g) => {
      let sum = start;
      for (const d of on) sum += natural[g * PIXELS + d];
      return sum;
    });
  }

  /** log p(x), and log p(z in cell | x) for every cell. */
  posterior(x) {
    const logMass = this.logJoint(x);
    const logEvidence = logSumExp(logMass);
    for (let g = 0; g < logMass.length; g++) logMass[g] -= logEvidence;
    return { logEvidence, logMass };
  }
}
