// What comes back when a code is decoded: of each pixel the likelier value, against x.

import { PIXELS, forward } from "./vae.js";

/** How many pixels of x are not the likelier ones. */
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

/** Of the places a hundredth apart one with the fewest pixels wrong: near the best of the survey, or the nearly best. */
export function closest(decoder, x, { n, codes, logits }) {
  const counts = Array.from({ length: n }, (_, k) => wrong(x, logits, k * PIXELS));
  const few = Math.min(...counts) + 1;
  const inside = (z) => Math.min(-codes[0], Math.max(codes[0], z));
  let found = { least: PIXELS };
  for (let k = 0; k < n; k++) {
    if (counts[k] > few) continue;
    for (let i = -5; i <= 5; i++)
      for (let j = -5; j <= 5; j++) {
        const z = [inside(codes[2 * k] + i / 100), inside(codes[2 * k + 1] + j / 100)];
        const least = wrong(x, forward(decoder, z));
        if (least < found.least) found = { z, least };
      }
  }
  return found;
}
