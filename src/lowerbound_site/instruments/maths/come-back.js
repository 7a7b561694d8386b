// What comes back of an image when a code is decoded: of each pixel the likelier value, against x.

import { PIXELS, forward } from "./vae.js";

/** How many pixels of x are not the likelier ones, of the logits from `start` on. */
export function wrong(x, logits, start = 0) {
  let count = 0;
  for (let d = 0; d < PIXELS; d++) if (logits[start + d] > 0 !== x[d] > 0) count += 1;
  return count;
}

/** Places on the whole map, a tenth apart, (n, 2), and the logits that the decoder has there. */
export function survey(decoder, limit) {
  const steps = Math.round(10 * limit);
  const axis = Array.from({ length: 2 * steps + 1 }, (_, i) => 0.1 * (i - steps));
  const codes = Float64Array.from(axis.flatMap((z1) => axis.flatMap((z2) => [z1, z2])));
  const n = axis.length ** 2;
  return { n, codes, logits: forward(decoder, codes, new Float64Array(n * PIXELS), n) };
}

/** Of the places the first at which the fewest pixels are wrong. */
export function closest(x, { n, codes, logits }) {
  let [best, least] = [0, PIXELS + 1];
  for (let k = 0; k < n; k++) {
    const count = wrong(x, logits, k * PIXELS);
    if (count < least) [best, least] = [k, count];
  }
  return { z: [codes[2 * best], codes[2 * best + 1]], least };
}
