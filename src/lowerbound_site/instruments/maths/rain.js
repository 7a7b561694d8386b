// Runs of a model: a code from the prior, and an image drawn from what the decoder says of it, pixel by pixel.

import { sigmoid } from "./numbers.js";
import { ndtri } from "./shares.js";
import { LARGEST, nextSeed } from "./table.js";
import { PIXELS, forward, likelihood } from "./vae.js";

/** So many numbers between 0 and 1 that look random, the same in every language. */
function uniform(count, seed) {
  return Float64Array.from({ length: count }, () => (seed = nextSeed(seed)) / LARGEST);
}

/**
 * So many runs, beside the image x: their codes (z1, z2, z1, z2, …), the images that they drew, in how many pixels each
 * differs from x, and log p(x|z) of each code.
 */
export function rain(decoder, x, count, [forCodes, forPixels]) {
  const codes = uniform(2 * count, forCodes).map(ndtri);
  const noise = uniform(PIXELS * count, forPixels);
  const logits = forward(decoder, codes, new Float64Array(PIXELS * count), count);
  const images = logits.map((logit, k) => (noise[k] < sigmoid(logit) ? 1 : 0));
  const unlike = (_, k) => x.reduce((sum, ink, d) => sum + (ink !== images[PIXELS * k + d] ? 1 : 0), 0);
  return {
    codes,
    images,
    differ: Array.from({ length: count }, unlike),
    logLikes: Array.from({ length: count }, (_, k) => likelihood(x, logits, PIXELS * k)),
  };
}
