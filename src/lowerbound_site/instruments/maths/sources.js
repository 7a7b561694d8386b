// The encoder turned round: how probably a code came from each of the images, q(x|z), each as likely as any other.

import { logSumExp } from "./numbers.js";

/** The softmax of log q(z|x) over the encoder's answers, upright normals; what they have in common is left out. */
export function sources(answers, [z1, z2]) {
  const scores = answers.map(({ mean: [m1, m2], tril: [s1, , s2] }) => -0.5 * (((z1 - m1) / s1) ** 2 + ((z2 - m2) / s2) ** 2) - Math.log(s1 * s2));
  const whole = logSumExp(scores);
  return scores.map((score) => Math.exp(score - whole));
}

/** The numbers of all images, from the most probable on. */
export const ranked = (weights) => weights.map((_, i) => i).sort((i, j) => weights[j] - weights[i]);

/** How many images, from the most probable on, hold this share. */
export function holding(weights, order, share) {
  let held = 0;
  return 1 + order.findIndex((i) => (held += weights[i]) >= share);
}

/** The average of the images, weighted. */
export function blend(images, weights) {
  const sum = new Float64Array(images[0].length);
  images.forEach((image, i) => image.forEach((pixel, d) => (sum[d] += weights[i] * pixel)));
  return sum;
}
