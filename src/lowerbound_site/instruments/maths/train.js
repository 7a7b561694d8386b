// Training a VAE as `lowerbound.fit` does: the same loss, the same gradient, Adam, and a rate that falls along a cosine.
// Here q(z|x) is a normal with independent coordinates, p(z) the standard normal, and each pixel 0 or 1 (Bernoulli).

import { countWeights, drawWeights, Network } from "./network.js";

/** The encoder and the decoder, side by side in one flat array of weights: first all of the encoder's. */
export class Vae {
  /**
   * shape: {pixels, hidden, latent, encoder, decoder}, with `hidden` the sizes of the hidden layers of each network and
   * the last two the names of activations.
   */
  constructor(shape, weights = new Float64Array(Vae.count(shape))) {
    const { encoder, decoder } = Vae.sizes(shape);
    this.shape = shape;
    this.weights = weights;
    this.split = countWeights(encoder);
    this.encoder = new Network(encoder, shape.encoder, weights.subarray(0, this.split));
    this.decoder = new Network(decoder, shape.decoder, weights.subarray(this.split));
  }

  /** Layer sizes of both networks. The encoder gives the means, then the logs of the standard deviations. */
  static sizes({ pixels, hidden, latent }) {
    return { encoder: [pixels, ...hidden, 2 * latent], decoder: [latent, ...hidden.toReversed(), pixels] };
  }

  static count(shape) {
    const { encoder, decoder } = Vae.sizes(shape);
    return countWeights(encoder) + countWeights(decoder);
  }

  /**
   * Untrained: weights as `lowerbound.mlp` draws them, from a generator of our own. A decoder of sines begins with a first
   * layer that is 30 times as large, as is usual (Sitzmann et al. 2020): so it can wind.
   */
  static untrained(shape, random) {
    const vae = new Vae(shape);
    drawWeights(vae.encoder.sizes, random, vae.encoder.weights);
    drawWeights(vae.decoder.sizes, random, vae.decoder.weights);
    if (shape.decoder === "sine") {
      const { matrix, bias } = vae.decoder.layers[1];
      for (const part of [matrix, bias]) part.forEach((weight, i) => (part[i] = 30 * weight));
    }
    return vae;
  }
}

/**
 * The loss of a batch, an average in nats per image, with its two parts; its gradient goes into `gradient`, over what was
 * there. Minus the ELBO, estimated from one draw z = mu + sigma noise an image, with the KL weighted by beta:
 *
 *     loss = -log p(x|z) + beta KL(q(z|x) || p(z))
 *
 * x: (n, pixels). noise: (n, latent), or null, which decodes the means.
 */
function lossAndGradient(vae, x, n, noise, beta, gradient) {
  const { pixels, latent } = vae.shape;
  const room = reserve(vae, n);
  gradient.fill(0);

  const q = vae.encoder.forward(x, n);
  const { z, byLogit, byQ } = room;
  for (let r = 0; r < n; r++) {
    for (let l = 0; l < latent; l++) {
      const mean = q[r * 2 * latent + l];
      z[r * latent + l] = noise ? mean + Math.exp(q[(r * 2 + 1) * latent + l]) * noise[r * latent + l] : mean;
    }
  }

  const logits = vae.decoder.forward(z, n);
  let reconstruction = 0;
  for (let i = 0; i < n * pixels; i++) {
    // log(1 + e^a) - x a, and its slope sigmoid(a) - x; e^-|a| never overflows
    const a = logits[i];
    const small = Math.exp(-Math.abs(a));
    reconstruction += Math.max(a, 0) + Math.log1p(small) - x[i] * a;
    byLogit[i] = ((a < 0 ? small : 1) / (1 + small) - x[i]) / n;
  }
  const byZ = vae.decoder.backward(z, n, byLogit, gradient.subarray(vae.split), true);

  let kl = 0;
  for (let r = 0; r < n; r++) {
    for (let l = 0; l < latent; l++) {
      const mean = q[r * 2 * latent + l];
      const logStd = q[(r * 2 + 1) * latent + l];
      const variance = Math.exp(2 * logStd);
      kl += 0.5 * (mean * mean + variance - 1) - logStd;
      const slope = byZ[r * latent + l];
      const ofDraw = noise ? slope * noise[r * latent + l] * Math.exp(logStd) : 0;
      byQ[r * 2 * latent + l] = slope + (beta * mean) / n;
      byQ[(r * 2 + 1) * latent + l] = ofDraw + (beta * (variance - 1)) / n;
    }
  }
  vae.encoder.backward(x, n, byQ, gradient.subarray(0, vae.split));

  reconstruction /= n;
  kl /= n;
  return { loss: beta === 0 ? reconstruction : reconstruction + beta * kl, reconstruction, kl };
}

const rooms = new WeakMap();

function reserve(vae, n) {
  const { pixels, latent } = vae.shape;
  let room = rooms.get(vae);
  if (!room || room.n < n) {
    const [z, byQ, byLogit] = [latent, 2 * latent, pixels].map((size) => new Float64Array(n * size));
    rooms.set(vae, (room = { n, z, byQ, byLogit }));
  }
  return room;
}

/** Adam with torch's defaults (Kingma & Ba 2015): averages of the gradient and of its square, both without their bias. */
export class Adam {
  #mean;
  #square;
  #steps = 0;

  constructor(count) {
    this.#mean = new Float64Array(count);
    this.#square = new Float64Array(count);
  }

  /** Move the weights from `from` to `to`; those outside stay where they are. */
  step(weights, gradient, rate, from = 0, to = weights.length) {
    const [mean, square, steps] = [this.#mean, this.#square, ++this.#steps];
    const [keepMean, keepSquare] = [0.9, 0.999];
    const stride = rate / (1 - keepMean ** steps);
    const unbias = 1 / Math.sqrt(1 - keepSquare ** steps);
    for (let i = from; i < to; i++) {
      const slope = gradient[i];
      mean[i] += (1 - keepMean) * (slope - mean[i]);
      square[i] = keepSquare * square[i] + (1 - keepSquare) * slope * slope;
      weights[i] -= (stride * mean[i]) / (Math.sqrt(square[i]) * unbias + 1e-8);
    }
  }
}

/**
 * One step of a given length, in the space of the weights of one network, straight down the gradient of the loss over all
 * of x, (n, pixels), with this noise; the other network is held. Returns the loss before the step.
 */
export function descend(vae, x, n, noise, part, length, gradient) {
  const { loss } = lossAndGradient(vae, x, n, noise, 1, gradient);
  const [from, to] = part === "encoder" ? [0, vae.split] : [vae.split, gradient.length];
  const slope = Math.hypot(...gradient.subarray(from, to));
  for (let i = from; i < to; i++) vae.weights[i] -= (length * gradient[i]) / slope;
  return loss;
}

/** The learning rate of an epoch, counted from 0: along half a cosine from `rate` down to 0 when `epochs` are over. */
export function rateAt(epoch, epochs, rate) {
  return (rate * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2;
}

/** Training, batch by batch, so that whoever runs it can stop between two. Each epoch shuffles the images anew. */
export class Training {
  /**
   * settings: {epochs, batchSize, rate, beta, noise, train}; `noise` false decodes the mean of q(z|x); `train` is "both",
   * "encoder" or "decoder". x: all images, (count, pixels). random: draws the order and the noise.
   */
  constructor(vae, x, settings, random) {
    const { pixels, latent } = vae.shape;
    this.vae = vae;
    this.x = x;
    this.settings = settings;
    this.random = random;
    this.epoch = 0; // how many are over
    this.done = 0; // images seen in this one
    this.count = x.length / pixels;
    this.gradient = new Float64Array(vae.weights.length);
    this.adam = new Adam(vae.weights.length);
    this.batch = new Float64Array(settings.batchSize * pixels);
    this.noise = new Float64Array(settings.batchSize * latent);
  }

  /** One step on one batch. Returns the batch's loss, and `over` when it was the last of its epoch. */
  step() {
    const { vae, x, settings, random, batch, noise } = this;
    const { pixels, latent } = vae.shape;
    if (this.done === 0) this.order = random.permutation(this.count);
    const n = Math.min(settings.batchSize, this.count - this.done);
    for (let r = 0; r < n; r++) {
      const from = this.order[this.done + r] * pixels;
      batch.set(x.subarray(from, from + pixels), r * pixels);
    }
    const draws = settings.noise ? random.normals(noise.subarray(0, n * latent)) : null;
    const measured = lossAndGradient(vae, batch, n, draws, settings.beta, this.gradient);
    const rate = rateAt(this.epoch, settings.epochs, settings.rate);
    const from = settings.train === "decoder" ? vae.split : 0;
    const to = settings.train === "encoder" ? vae.split : vae.weights.length;
    this.adam.step(vae.weights, this.gradient, rate, from, to);
    this.done += n;
    const over = this.done === this.count;
    if (over) {
      this.epoch++;
      this.done = 0;
    }
    return { ...measured, n, over };
  }
}
