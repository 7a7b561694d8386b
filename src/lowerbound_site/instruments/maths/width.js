// What the width of q costs one image, with q a circle about a place that stays: blur, and the KL to the prior. And a
// decoder that shows the same picture at that place, but changes faster about it.

import { klToPrior, upright } from "./normal.js";
import { logSumExp, sigmoid } from "./numbers.js";
import { PIXELS, forward, logLikelihood, reconstruction } from "./vae.js";

const STEP = 1e-3; // ahead and back, for the slope

/** The decoder that shows at z what this one shows at mean + c (z - mean): in its first layer only other numbers stand. */
export function steeper(decoder, mean, c) {
  const { weight1, bias1 } = decoder;
  return {
    ...decoder,
    weight1: weight1.map((w) => c * w),
    bias1: bias1.map((b, h) => b + (1 - c) * (weight1[2 * h] * mean[0] + weight1[2 * h + 1] * mean[1])),
  };
}

/**
 * p(z|x) of the steeper decoder, from the grid of the given one, and x's log joint there. What stands at u there, it shows at
 * z = mean + (u - mean) / c: so the cells move there, and only the prior has to be weighed anew. Returns their log masses, and
 * the grid they form.
 */
export function steeperPosterior(grid, joint, mean, c) {
  const { points, axis, limit, spacing } = grid;
  const moved = [0, 1].map((l) => axis.map((u) => mean[l] + (u - mean[l]) / c));
  const [along1, along2] = moved.map((there) => axis.map((u, k) => 0.5 * (axis[k] ** 2 - there[k] ** 2) - Math.log(c)));
  const logMass = joint.map((mass, g) => mass + along1[Math.floor(g / points)] + along2[g % points]);
  const logEvidence = logSumExp(logMass);
  return { logEvidence, logMass: logMass.map((mass) => mass - logEvidence), cells: { points, limit, spacing: spacing / c, from: moved.map((m) => m[0]) } };
}

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

/** The lowest point of a curve of {s, nats}: of the parabola, in log s, through the lowest of its points and the two beside it. */
export function lowest(curve) {
  const k = curve.reduce((least, { nats }, i) => (nats < curve[least].nats ? i : least), 0);
  if (k === 0 || k === curve.length - 1) return curve[k];
  const [before, at, after] = [-1, 0, 1].map((i) => curve[k + i]);
  const [fall, rise] = [at.nats - before.nats, after.nats - at.nats];
  const move = -(fall + rise) / (2 * (rise - fall)); // in steps
  return { s: at.s * (after.s / at.s) ** move, nats: at.nats + 0.25 * (fall + rise) * move };
}
