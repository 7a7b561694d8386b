// Latent space cut into k x k cells that hold equal shares of the prior, and shuffled in the decoder: the shuffled decoder
// takes z and decodes move(z). A code keeps its share inside of its cell, so the prior is what it was, everywhere.

import { average, codeAt } from "./draws.js";
import { ndtr, ndtri } from "./shares.js";
import { logLikelihoods } from "./vae.js";

export class Shuffle {
  /** order: for each cell, row by row along z1, the cell that it decodes. */
  constructor(k, order) {
    this.k = k;
    this.order = order;
    this.inverse = new Uint32Array(order.length);
    order.forEach((to, from) => (this.inverse[to] = from));
  }

  /** Which place the shuffled decoder decodes at z. */
  move([z1, z2]) {
    return this.#moved(z1, z2, this.order);
  }

  /** Where a place of the decoder before has gone: the way back. */
  back([z1, z2]) {
    return this.#moved(z1, z2, this.inverse);
  }

  #moved(z1, z2, order) {
    const [u1, u2] = [this.k * ndtr(z1), this.k * ndtr(z2)];
    const [cell1, cell2] = [Math.floor(u1), Math.floor(u2)];
    const to = order[cell1 * this.k + cell2];
    return [ndtri((Math.floor(to / this.k) + u1 - cell1) / this.k), ndtri(((to % this.k) + u2 - cell2) / this.k)];
  }

  /** The k - 1 borders between the cells along an axis: quantiles of the prior. */
  borders() {
    return Array.from({ length: this.k - 1 }, (_, i) => ndtri((i + 1) / this.k));
  }

  /** `move` for every pair of places on one axis, by their index, with one quantile for each place and cell. */
  mover(axis) {
    const { k, order } = this;
    const shares = axis.map((z) => k * ndtr(z));
    const cells = shares.map(Math.floor);
    const places = shares.map((share, i) => Array.from({ length: k }, (_, to) => ndtri((to + share - cells[i]) / k)));
    return (i, j) => {
      const to = order[cells[i] * k + cells[j]];
      return [places[i][Math.floor(to / k)], places[j][to % k]];
    };
  }
}

/** The normal as it is, with its middle where the shuffle has brought it: its middle decodes to what it did before. */
export const moved = (q, shuffle) => ({ mean: shuffle.back(q.mean), tril: q.tril });

/**
 * What the shuffle costs q's draws, in nats: log p(x|z) before, less log p(x|z) after of the moved normal, at the same
 * noise. The average over the draws, and its standard error. `before` holds log p(x|z) of q's draws.
 */
export function priceOfDraws(decoder, x, q, shuffle, noise, before) {
  const there = moved(q, shuffle);
  const codes = noise.flatMap((e) => shuffle.move(codeAt(there, e)));
  const after = logLikelihoods(decoder, x, Float64Array.from(codes));
  return average(noise.map((_, i) => before[i] - after[i]));
}
