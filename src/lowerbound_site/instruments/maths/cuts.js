// One image's loss in its pieces, and -log p(x) estimated from draws.

import { codeAt } from "./draws.js";
import { klToPrior, LOG_2PI } from "./normal.js";
import { logLikelihoods, reconstruction } from "./vae.js";

/** The loss, twice: surprise + gap = rebuilding + kl, where surprise is -log p(x) and rebuilding is E_q[-log p(x|z)]. */
export function pieces(decoder, x, q, logEvidence) {
  const rebuilding = -reconstruction(decoder, x, q);
  const kl = klToPrior(q);
  const loss = rebuilding + kl;
  return { loss, surprise: -logEvidence, gap: loss + logEvidence, rebuilding, kl };
}

/**
 * For each noise the code m + T e with log p(x|z), and log w = log p(x, z) - log q(z|x): the average w is p(x). The decoder
 * decodes place(z).
 */
export function weigh(decoder, x, q, noises, place = (z) => z) {
  const { tril: [a, , c] } = q;
  const codes = noises.map((e) => codeAt(q, e));
  const logLikes = logLikelihoods(decoder, x, Float64Array.from(codes.flatMap(place)));
  return codes.map((z, i) => {
    const [e1, e2] = noises[i];
    const logPrior = -0.5 * (z[0] * z[0] + z[1] * z[1]) - LOG_2PI;
    const logQ = -0.5 * (e1 * e1 + e2 * e2) - LOG_2PI - Math.log(a * c);
    return { z, logLike: logLikes[i], logWeight: logLikes[i] + logPrior - logQ };
  });
}

/** log q(z) - log p(z|x) at the draws of q: the gap is their expectation. */
export const differences = (drawn, logEvidence) => drawn.map(({ logWeight }) => logEvidence - logWeight);

/** log of the average of e^value over the first value, the first two, and so on. */
export function runningLogMean(values) {
  let peak = -Infinity;
  let sum = 0;
  return Float64Array.from(values, (value, i) => {
    if (value > peak) {
      sum *= Math.exp(peak - value);
      peak = value;
    }
    sum += Math.exp(value - peak);
    return peak + Math.log(sum / (i + 1));
  });
}
