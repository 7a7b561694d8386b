// log p(x) from one code z: log p(x, z) - log p(z|x); and what comes out with a normal q in the place of p(z|x).

import { LOG_2PI, upright } from "./normal.js";
import { logLikelihoods } from "./vae.js";

/** The log density of a normal. */
export function logDensity({ mean: [m1, m2], tril: [a, b, c] }, [z1, z2]) {
  const e1 = (z1 - m1) / a;
  const e2 = (z2 - m2 - b * e1) / c;
  return -0.5 * (e1 * e1 + e2 * e2) - LOG_2PI - Math.log(a * c);
}

const PRIOR = upright(0, 0, 1, 1);

/** For each code log p(x, z), log p(z|x) and log q(z|x). */
export function logsAt(decoder, x, q, codes, logEvidence) {
  const fits = logLikelihoods(decoder, x, Float64Array.from(codes.flat()));
  return codes.map((z, k) => {
    const joint = fits[k] + logDensity(PRIOR, z);
    return { joint, p: joint - logEvidence, q: logDensity(q, z) };
  });
}
