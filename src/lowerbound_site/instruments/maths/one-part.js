// A VAE of a few images, trained on the loss or on one part of it alone. Each part is exact where the images are few and
// a code has two numbers: log p(x) is a sum over a grid of codes, log q(z) a sum over all images.

import { encodeAll } from "./measure.js";
import { LOG_2PI } from "./normal.js";
import { logSumExp, sigmoid } from "./numbers.js";
import { multiply } from "./product.js";

const [POINTS, LIMIT] = [25, 6];
const SPACING = (2 * LIMIT) / (POINTS - 1);
const CELL = 2 * Math.log(SPACING); // log of the area that a code of the grid stands for
const COUNT = POINTS ** 2;
const GRID = Float64Array.from({ length: 2 * COUNT }, (_, k) => SPACING * (k % 2 ? (k >> 1) % POINTS : Math.floor((k >> 1) / POINTS)) - LIMIT);

/**
 * An average over the n images x, (n, pixels), in nats, with one code z = mean + std noise of each; its gradient goes into
 * `gradient`, over what was there. For the part
 *
 *     loss     log q(z|x) - log p(z) - log p(x|z)
 *     gap      the loss + log p(x)
 *     yours    the loss - log q(z) + log p(z) - log n, where q(z) is the average of q(z|x) over the images
 */
export function partAndGradient(vae, x, n, noise, part, gradient) {
  gradient.fill(0);
  const { mean, std } = encodeAll(vae, x, n);
  const z = mean.map((m, k) => m + std[k] * noise[k]);
  const reconstruction = costOfImages(vae, x, n, z);
  const byZ = vae.decoder.backward(z, n, reconstruction.slopes, gradient.subarray(vae.split), true);
  const byMean = byZ.slice(0, 2 * n);
  const byLogStd = new Float64Array(2 * n).fill(-1 / n); // of log q(z|x)
  let value = reconstruction.value - entropy(std, noise, n);
  if (part === "yours") {
    const mixture = logMixture(z, mean, std, n);
    value -= mixture.logQ.reduce((sum, log) => sum + log, 0) / n + Math.log(n);
    mixture.pull((r, i, l, share, far) => {
      // far: how many standard deviations of code i the code r is off
      const slope = (share * far) / std[2 * i + l] / n;
      byMean[2 * r + l] += slope;
      byZ[2 * r + l] += slope;
      byMean[2 * i + l] -= slope;
      byLogStd[2 * i + l] -= (share * (far * far - 1)) / n;
    });
  } else {
    value += prior(z) / n;
    for (let k = 0; k < 2 * n; k++) {
      byMean[k] += z[k] / n;
      byZ[k] += z[k] / n;
    }
  }
  const byQ = new Float64Array(4 * n); // the encoder gives means, then logs of standard deviations
  for (let k = 0; k < 2 * n; k++) {
    const at = 4 * (k >> 1) + (k & 1);
    byQ[at] = byMean[k];
    byQ[at + 2] = byLogStd[k] + byZ[k] * std[k] * noise[k];
  }
  vae.encoder.backward(x, n, byQ, gradient.subarray(0, vae.split));
  if (part === "gap") value += logEvidence(vae, x, n, gradient.subarray(vae.split));
  return value;
}

/** The joint KL, cut in two ways, in nats: {images, gap, codes, yours}; `noise` has draws of all codes, one set after another. */
export function partsOf(vae, x, n, noise) {
  const draws = noise.length / (2 * n);
  const { mean, std } = encodeAll(vae, x, n);
  let [joint, codes] = [0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const some = noise.subarray(2 * n * draw, 2 * n * (draw + 1));
    const z = mean.map((m, k) => m + std[k] * some[k]);
    const toPrior = prior(z) / n;
    joint += (costOfImages(vae, x, n, z).value - entropy(std, some, n) + toPrior - Math.log(n)) / draws;
    codes += (logMixture(z, mean, std, n).logQ.reduce((sum, log) => sum + log, 0) / n + toPrior) / draws;
  }
  const images = -logEvidence(vae, x, n) - Math.log(n);
  return { images, gap: joint - images, codes, yours: joint - codes };
}

/** The average of -log p(x|z), and its slopes by the logits. */
function costOfImages(vae, x, n, z) {
  const logits = vae.decoder.forward(z, n);
  const slopes = new Float64Array(x.length);
  let value = 0;
  for (let i = 0; i < x.length; i++) {
    const a = logits[i];
    const small = Math.exp(-Math.abs(a)); // never overflows
    value += Math.max(a, 0) + Math.log1p(small) - x[i] * a;
    slopes[i] = ((a < 0 ? small : 1) / (1 + small) - x[i]) / n;
  }
  return { value: value / n, slopes };
}

/** The sum of -log p(z). */
const prior = (z) => z.reduce((sum, value) => sum + 0.5 * value * value, 0) + (z.length / 2) * LOG_2PI;

/** The average of -log q(z|x). */
function entropy(std, noise, n) {
  return std.reduce((sum, width, k) => sum + Math.log(width) + 0.5 * noise[k] * noise[k], 0) / n + LOG_2PI;
}

/** log q(z) of each code, and `pull`, which tells for each pair of codes how far apart they are, and how much of q(z) it is. */
function logMixture(z, mean, std, n) {
  const logQ = new Float64Array(n);
  const logs = Array.from({ length: n }, () => new Float64Array(n));
  const far = (r, i, l) => (z[2 * r + l] - mean[2 * i + l]) / std[2 * i + l];
  const width = Float64Array.from({ length: n }, (_, i) => Math.log(std[2 * i] * std[2 * i + 1]));
  for (let r = 0; r < n; r++) {
    for (let i = 0; i < n; i++) logs[r][i] = -0.5 * (far(r, i, 0) ** 2 + far(r, i, 1) ** 2) - width[i] - LOG_2PI;
    logQ[r] = logSumExp(logs[r]) - Math.log(n);
  }
  return {
    logQ,
    pull(tell) {
      for (let r = 0; r < n; r++) {
        for (let i = 0; i < n; i++) {
          const share = Math.exp(logs[r][i] - logQ[r]) / n;
          for (const l of [0, 1]) tell(r, i, l, share, far(r, i, l));
        }
      }
    },
  };
}

/** The average of log p(x), a sum over the grid; its gradient by the decoder's weights is added to `gradient`, if there is one. */
function logEvidence(vae, x, n, gradient) {
  const { pixels } = vae.shape;
  const logits = vae.decoder.forward(GRID, COUNT);
  const bias = new Float64Array(COUNT); // log p(z) + log p(an image of zeros|z), of a cell of the grid
  for (let g = 0; g < COUNT; g++) {
    bias[g] = CELL - LOG_2PI - 0.5 * (GRID[2 * g] ** 2 + GRID[2 * g + 1] ** 2);
    for (let d = g * pixels; d < (g + 1) * pixels; d++) bias[g] -= Math.max(logits[d], 0) + Math.log1p(Math.exp(-Math.abs(logits[d])));
  }
  const logJoint = new Float64Array(n * COUNT);
  multiply(x, n, { matrix: logits, bias }, logJoint);
  const shares = new Float64Array(COUNT * n); // of each p(z|x), by codes
  let average = 0;
  for (let r = 0; r < n; r++) {
    const row = logJoint.subarray(r * COUNT, (r + 1) * COUNT);
    const evidence = logSumExp(row);
    average += evidence / n;
    for (let g = 0; g < COUNT; g++) shares[g * n + r] = Math.exp(row[g] - evidence) / n;
  }
  if (gradient) {
    const across = Float64Array.from(x, (_, k) => x[(k % n) * pixels + Math.floor(k / n)]); // (pixels, n)
    const slopes = new Float64Array(COUNT * pixels);
    multiply(shares, COUNT, { matrix: across, bias: new Float64Array(pixels) }, slopes);
    for (let g = 0; g < COUNT; g++) {
      const mass = shares.subarray(g * n, (g + 1) * n).reduce((sum, share) => sum + share, 0);
      for (let d = g * pixels; d < (g + 1) * pixels; d++) slopes[d] -= mass * sigmoid(logits[d]);
    }
    vae.decoder.backward(GRID, COUNT, slopes, gradient);
  }
  return average;
}
