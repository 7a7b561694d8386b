// Fully connected networks, forward and backward, in float64: what `lowerbound.mlp` builds and torch differentiates.
// Arrays are flat and row by row. Weights lie as torch has them, layer by layer: (outputs, inputs), then the bias.

import { multiply } from "./product.js";

/** Each activation: its value at a, and its slope there from a and the value. */
export const ACTIVATIONS = {
  silu: {
    value: (a) => a / (1 + Math.exp(-a)),
    slope: (a, value) => {
      const gate = 1 / (1 + Math.exp(-a));
      return gate + value * (1 - gate);
    },
  },
  tanh: { value: (a) => 1 - 2 / (Math.exp(2 * a) + 1), slope: (a, value) => 1 - value * value },
  relu: { value: (a) => (a > 0 ? a : 0), slope: (a) => (a > 0 ? 1 : 0) },
  sine: { value: Math.sin, slope: Math.cos },
};

/** How many numbers the weights of a network with these layer sizes are. */
export function countWeights(sizes) {
  let count = 0;
  for (let layer = 1; layer < sizes.length; layer++) count += (sizes[layer - 1] + 1) * sizes[layer];
  return count;
}

/** First weights, uniform between -1 / sqrt(n) and 1 / sqrt(n), with n the inputs of a layer. */
export function drawWeights(sizes, random, weights = new Float64Array(countWeights(sizes))) {
  let at = 0;
  for (let layer = 1; layer < sizes.length; layer++) {
    const bound = 1 / Math.sqrt(sizes[layer - 1]);
    for (const end = at + (sizes[layer - 1] + 1) * sizes[layer]; at < end; at++) {
      weights[at] = bound * (2 * random.uniform() - 1);
    }
  }
  return weights;
}

/** A network over weights that belong to somebody else: no copy is made, so that who trains moves them under it. */
export class Network {
  constructor(sizes, activation, weights) {
    this.sizes = sizes;
    this.weights = weights;
    this.layers = layers(sizes, weights);
    this.activation = ACTIVATIONS[activation];
    this.room = 0;
  }

  /** Room for what n rows need on the way forward and back. */
  #reserve(n) {
    if (n <= this.room) return;
    const rows = this.sizes.map((size) => () => new Float64Array(n * size));
    this.room = n;
    this.sums = rows.map((make) => make()); // before the activation
    this.values = rows.map((make) => make()); // after it; [0] is never used: the input stands there
    this.slopes = rows.map((make) => make()); // of the loss, by the values, and then by the sums
  }

  /** The outputs of n rows of inputs, (n, last size). They stand until the next call. */
  forward(inputs, n) {
    this.#reserve(n);
    const last = this.sizes.length - 1;
    const { value } = this.activation;
    let from = inputs;
    for (let layer = 1; layer <= last; layer++) {
      const sums = this.sums[layer];
      multiply(from, n, this.layers[layer], sums);
      if (layer === last) return sums;
      const values = this.values[layer];
      for (let i = n * this.sizes[layer] - 1; i >= 0; i--) values[i] = value(sums[i]);
      from = values;
    }
  }

  /**
   * After `forward` with the same inputs: adds to `gradient` (flat, as the weights lie) the loss's gradient by the weights,
   * given that by the outputs. Returns that by the inputs if asked.
   */
  backward(inputs, n, byOutput, gradient, wantInputs = false) {
    const { slope } = this.activation;
    let by = byOutput;
    const into = layers(this.sizes, gradient);
    for (let layer = this.sizes.length - 1; layer >= 1; layer--) {
      const [wide, tall] = [this.sizes[layer - 1], this.sizes[layer]];
      addOuter(by, tall, layer === 1 ? inputs : this.values[layer - 1], wide, n, into[layer]);
      if (layer === 1 && !wantInputs) return undefined;
      const below = this.slopes[layer - 1];
      multiplyTransposed(by, tall, n, this.layers[layer].matrix, wide, below);
      if (layer === 1) return below;
      const [sums, values] = [this.sums[layer - 1], this.values[layer - 1]];
      for (let i = n * wide - 1; i >= 0; i--) below[i] *= slope(sums[i], values[i]);
      by = below;
    }
  }
}

/** Views of the matrix and the bias of each layer; [0] is empty, as layer 0 is the input. */
function layers(sizes, weights) {
  const views = [undefined];
  let at = 0;
  for (let layer = 1; layer < sizes.length; layer++) {
    const [inputs, outputs] = [sizes[layer - 1], sizes[layer]];
    const matrix = weights.subarray(at, (at += inputs * outputs));
    views.push({ matrix, bias: weights.subarray(at, (at += outputs)) });
  }
  return views;
}

// The two products of the way back. Each goes four rows at a time, as that of the way forward does (product.js).

/** matrix[o, i] += sum over r of by[r, o] rows[r, i], and the bias with 1 in the place of the row. */
function addOuter(by, tall, rows, wide, n, { matrix, bias }) {
  let r = 0;
  for (; r + 3 < n; r += 4) {
    const [a, b, c, d] = [r * wide, (r + 1) * wide, (r + 2) * wide, (r + 3) * wide];
    for (let o = 0, at = r * tall; o < tall; o++, at++) {
      const [s, t, u, v] = [by[at], by[at + tall], by[at + 2 * tall], by[at + 3 * tall]];
      bias[o] += s + t + u + v;
      for (let i = 0, w = o * wide; i < wide; i++, w++) {
        matrix[w] += s * rows[a + i] + t * rows[b + i] + u * rows[c + i] + v * rows[d + i];
      }
    }
  }
  for (; r < n; r++) {
    for (let o = 0; o < tall; o++) {
      const s = by[r * tall + o];
      bias[o] += s;
      for (let i = 0; i < wide; i++) matrix[o * wide + i] += s * rows[r * wide + i];
    }
  }
}

/** into[r, i] = sum over o of by[r, o] matrix[o, i]. */
function multiplyTransposed(by, tall, n, matrix, wide, into) {
  for (let r = 0; r < n; r++) {
    const start = r * wide;
    into.fill(0, start, start + wide);
    let o = 0;
    for (; o + 3 < tall; o += 4) {
      const at = r * tall + o;
      const [s, t, u, v] = [by[at], by[at + 1], by[at + 2], by[at + 3]];
      for (let i = 0, w = o * wide; i < wide; i++, w++) {
        into[start + i] += s * matrix[w] + t * matrix[w + wide] + u * matrix[w + 2 * wide] + v * matrix[w + 3 * wide];
      }
    }
    for (; o < tall; o++) {
      const s = by[r * tall + o];
      for (let i = 0; i < wide; i++) into[start + i] += s * matrix[o * wide + i];
    }
  }
}
