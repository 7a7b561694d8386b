// A squared error and a KL, each as a sum or as a mean: which beta and which noise that is, and what it makes of digits.

/** Minus the loss is a bound for pixels with this noise: its beta beside the summed squared error, and sigma^2. */
export function noiseOf({ pixels, latents, weight, error, kl }) {
  const beta = (weight * (error === "mean" ? pixels : 1)) / (kl === "mean" ? latents : 1);
  return { beta, variance: beta / 2 };
}

/**
 * The best linear model with that noise, probabilistic PCA: of each latent number its KL to the prior, averaged over
 * the images. A direction along which the images vary less than the noise is not worth a number.
 */
export const rates = (spreads, latents, variance) =>
  spreads.slice(0, latents).map((spread) => Math.max(0, 0.5 * Math.log(spread / variance)));

/** An image, encoded and decoded by it. What is narrow beside the noise is drawn nearer to the mean. */
export function rebuilt(image, { mean, spreads, directions }, latents, variance) {
  const made = [...mean];
  for (let i = 0; i < latents && spreads[i] > variance; i += 1) {
    const code = directions[i].reduce((sum, step, d) => sum + step * (image[d] - mean[d]), 0);
    const kept = (1 - variance / spreads[i]) * code;
    directions[i].forEach((step, d) => (made[d] += kept * step));
  }
  return made;
}
