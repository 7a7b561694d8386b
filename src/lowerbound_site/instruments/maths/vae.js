// The trained VAE: 64 pixels, 2 latent numbers, one hidden layer with SiLU in each network, Bernoulli pixels.
//
//     p(z) = N(0, I)      p(x|z): the decoder's 64 logits      q(z|x): the encoder's 2 means and 2 log widths
//
// In every formula x is an array of 64 pixels, 0 or 1; logarithms are in nats.

import { klToPrior, LOG_2PI, spread, upright } from "./normal.js";
import { logSumExp } from "./numbers.js";
import { multiply } from "./product.js";
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

let layer = new Float64Array(0); // room for the hidden layer, of as many inputs as there were at most

/** The network's outputs for n inputs, (n, outputs), written into `out`; one that winds has sines in the place of SiLU. */
export function forward(net, inputs, out = new Float64Array(net.outputs), n = 1) {
  const { inputs: wide, hidden, weight1, bias1, weight2, bias2 } = net;
  if (layer.length < n * hidden) layer = new Float64Array(n * hidden);
  for (let r = 0, k = 0; r < n; r++) {
    for (let h = 0, w = 0; h < hidden; h++) {
      let t = bias1[h];
      for (let i = 0; i < wide; i++) t += weight1[w++] * inputs[r * wide + i];
      layer[k++] = net.winds ? Math.sin(t) : t / (1 + Math.exp(-t));
    }
  }
  multiply(layer, n, { matrix: weight2, bias: bias2 }, out);
  return out;
}

/** The sum of log(1 + e^logit) over the pixels, with one logarithm: of a product of 64 numbers between 1 and 2. */
export function partition(logits, start = 0) {
  let sum = 0;
  let product = 1;
  for (let d = start; d < start + PIXELS; d++) {
    const t = logits[d];
    if (t > 0) sum += t;
    product *= 1 + Math.exp(t > 0 ? -t : t);
  }
  return sum + Math.log(product);
}

/** log p(x|z) = sum of x_d logit_d - log(1 + e^logit_d), of the logits from `start` on. */
export function likelihood(x, logits, start) {
  let sum = -partition(logits, start);
  for (let d = 0; d < PIXELS; d++) if (x[d]) sum += logits[start + d];
  return sum;
}

let decoded = new Float64Array(PIXELS);

/** log p(x|z) of n codes, (n, 2). */
export function logLikelihoods(decoder, x, codes) {
  const n = codes.length / 2;
  if (decoded.length < n * PIXELS) decoded = new Float64Array(n * PIXELS);
  forward(decoder, codes, decoded, n);
  return Float64Array.from({ length: n }, (_, k) => likelihood(x, decoded, k * PIXELS));
}

/** What the encoder answers for x: q(z|x), an upright normal. */
export function encode(encoder, x) {
  const [m1, m2, s1, s2] = forward(encoder, x);
  return upright(m1, m2, Math.exp(s1), Math.exp(s2));
}

/** E_q[log p(x|z)] by quadrature; with a `spacing`, by that one sum. */
export function reconstruction(decoder, x, { mean: [m1, m2], tril: [a, b, c] }, spacing) {
  const valuesAt = (points) => {
    const codes = new Float64Array(points.length);
    for (let k = 0; k < codes.length; k += 2) {
      const e1 = points[k];
      const e2 = points[k + 1];
      codes[k] = m1 + a * e1;
      codes[k + 1] = m2 + b * e1 + c * e2;
    }
    return logLikelihoods(decoder, x, codes);
  };
  return expectation(valuesAt, spacing);
}

/** loss = -ELBO = -E_q[log p(x|z)] + KL(q || p(z)). */
export function loss(decoder, x, q, spacing) {
  return klToPrior(q) - reconstruction(decoder, x, q, spacing);
}

/**
 * The loss while it is moved. Over a narrow normal log p(x|z) bends little, and fewer points do: what is shown is off by less
 * than 1e-4 nats.
 */
export function quickLoss(decoder, x, q) {
  const [s1, s2] = spread(q);
  const widest = Math.max(s1, s2);
  return loss(decoder, x, q, widest > 0.31 ? undefined : widest > 0.21 ? 0.75 : 1);
}

/** A grid of codes about a place, |z - center| <= limit, decoded once; the second coordinate is the faster one. */
export class Grid {
  constructor(decoder, points = 72, limit = 5, center = [0, 0]) {
    this.decoder = decoder;
    this.points = points;
    this.limit = limit;
    this.center = center;
    this.spacing = (2 * limit) / (points - 1);
    this.axis = Float64Array.from({ length: points }, (_, i) => -limit + i * this.spacing);
    this.logCell = 2 * Math.log(this.spacing);
    this.natural = new Float64Array(points * points * PIXELS); // the logits at every point
    this.constant = new Float64Array(points * points); // log p(z) + log cell - sum of log(1 + e^logit)
    this.rows = 0; // decoded so far
  }

  /** Decode some more rows; true when the grid is whole. A page does so between two frames. */
  decodeRows(count = this.points) {
    const { points, axis, center, natural, constant } = this;
    const codes = new Float64Array(2 * points);
    for (const end = Math.min(points, this.rows + count); this.rows < end; this.rows++) {
      const first = this.rows * points;
      const z1 = center[0] + axis[this.rows];
      for (let j = 0; j < points; j++) {
        codes[2 * j] = z1;
        codes[2 * j + 1] = center[1] + axis[j];
      }
      this.decode(codes, natural.subarray(first * PIXELS, (first + points) * PIXELS), first);
      for (let j = 0; j < points; j++) {
        const z2 = codes[2 * j + 1];
        constant[first + j] = -0.5 * (z1 * z1 + z2 * z2) - LOG_2PI + this.logCell - partition(natural, (first + j) * PIXELS);
      }
    }
    return this.rows === points;
  }

  /** The logits of a row of codes, of which the first is the grid's point g, written into `out`. */
  decode(codes, out, _g) {
    forward(this.decoder, codes, out, this.points);
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
