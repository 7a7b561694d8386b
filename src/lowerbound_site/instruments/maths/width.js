// What the width of q costs one image, with q a circle about a place that stays: blur, and the KL to the prior.

import { klToPrior, upright } from "./normal.js";
import { sigmoid } from "./numbers.js";
import { PIXELS, forward, logLikelihood, reconstruction } from "./vae.js";

const STEP = 1e-3; // ahead and back, for the slope

/** F for each latent number: the decoder's squared slope at a place, each pixel's with weight s (1 - s). */
export function steepness(decoder, mean) {
  const at = forward(decoder, mean).map(sigmoid);
  return [0, 1].map((l) => {
    const [ahead, back] = [STEP, -STEP].map((by) => forward(decoder, mean.map((m, i) => (i === l ? m + by : m)), new Float64Array(PIXELS)));
    return at.reduce((sum, s, d) => sum + s * (1 - s) * ((ahead[d] - back[d]) / (2 * STEP)) ** 2, 0);
  });
}

/** The loss in three parts, in nats: -log p(x|middle), what the draws cost beyond it, and the KL to the prior. */
export function parts(decoder, x, mean, s, spacing) {
  const q = upright(...mean, s, s);
  const middle = -logLikelihood(decoder, x, ...mean);
  return { middle, blur: -reconstruction(decoder, x, q, spacing) - middle, kl: klToPrior(q) };
}

/** What blur costs to second order, by the slopes alone: half of s^2 F, for both numbers. */
export const blurBySlope = (s, [f1, f2]) => 0.5 * s * s * (f1 + f2);

/** The width at which this and the KL to the prior add up to the least: s^2 = 1 / (1 + F), with F the two's average. */
export const bestBySlope = ([f1, f2]) => 1 / Math.sqrt(1 + (f1 + f2) / 2);
