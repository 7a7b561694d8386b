// A start that makes training hard on purpose: two networks that were taught a map whose tiles have changed places.

import { encodeAll } from "./measure.js";
import { sigmoid } from "./numbers.js";
import { Adam, rateAt } from "./train.js";
import { partition } from "./vae.js";

const TILES = 4; // a side
const REACH = 2; // the tiles cover |z| <= 2

/** Where each of the 4 x 4 tiles goes: code z, in place, moves along with its tile. Outside of the tiles nothing moves. */
export function moveTiles(z, order) {
  const side = (2 * REACH) / TILES;
  for (let at = 0; at < z.length; at += 2) {
    if (Math.abs(z[at]) >= REACH || Math.abs(z[at + 1]) >= REACH) continue;
    const [row, column] = [Math.floor((z[at] + REACH) / side), Math.floor((z[at + 1] + REACH) / side)];
    const to = order[row * TILES + column];
    z[at] += (Math.floor(to / TILES) - row) * side;
    z[at + 1] += ((to % TILES) - column) * side;
  }
  return z;
}

/**
 * One step towards codes z, (n, 2), for images x: the encoder by -log q(z|x), the decoder by -log p(x|z). Returns their
 * average in nats per image; the gradient goes into `gradient`.
 */
export function teach(vae, x, n, z, gradient) {
  const { pixels, latent } = vae.shape;
  gradient.fill(0);
  let loss = 0;
  const q = vae.encoder.forward(x, n);
  const byQ = new Float64Array(q.length);
  for (let r = 0; r < n; r++) {
    for (let l = 0; l < latent; l++) {
      const [mean, logStd] = [r * 2 * latent + l, (r * 2 + 1) * latent + l];
      const noise = (z[r * latent + l] - q[mean]) * Math.exp(-q[logStd]);
      loss += (0.5 * noise * noise + q[logStd] + 0.5 * Math.log(2 * Math.PI)) / n;
      byQ[mean] = (-noise * Math.exp(-q[logStd])) / n;
      byQ[logStd] = (1 - noise * noise) / n;
    }
  }
  vae.encoder.backward(x, n, byQ, gradient.subarray(0, vae.split));
  const logits = vae.decoder.forward(z, n);
  const byLogit = new Float64Array(n * pixels);
  for (let r = 0; r < n; r++) loss += partition(logits.subarray(r * pixels, (r + 1) * pixels)) / n;
  for (let i = 0; i < n * pixels; i++) {
    loss -= (x[i] * logits[i]) / n;
    byLogit[i] = (sigmoid(logits[i]) - x[i]) / n;
  }
  vae.decoder.backward(z, n, byLogit, gradient.subarray(vae.split));
  return loss;
}

/**
 * Teach an untrained vae the scrambled map of a trained one, `teacher`, for some epochs. Yields after each, so that
 * whoever runs it can stop.
 */
export function* scramble(vae, teacher, x, random, epochs = 20, batchSize = 64, rate = 5e-3) {
  const { pixels, latent } = vae.shape;
  const count = x.length / pixels;
  const order = random.permutation(TILES * TILES);
  const { mean, std } = encodeAll(teacher, x, count);
  const adam = new Adam(vae.weights.length);
  const gradient = new Float64Array(vae.weights.length);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const shuffled = random.permutation(count);
    for (let first = 0; first < count; first += batchSize) {
      const rows = shuffled.subarray(first, first + batchSize);
      const batch = new Float64Array(rows.length * pixels);
      const z = random.normals(new Float64Array(rows.length * latent));
      rows.forEach((row, r) => {
        batch.set(x.subarray(row * pixels, (row + 1) * pixels), r * pixels);
        for (let l = 0; l < latent; l++) z[r * latent + l] = mean[row * latent + l] + std[row * latent + l] * z[r * latent + l];
      });
      teach(vae, batch, rows.length, moveTiles(z, order), gradient);
      adam.step(vae.weights, gradient, rateAt(epoch, epochs, rate));
    }
    yield epoch + 1;
  }
}
