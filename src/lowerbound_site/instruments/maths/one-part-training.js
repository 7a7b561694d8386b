// A VAE of a hundred digits in training, on the loss or on one part of it alone, moment by moment.

import { encodeAll } from "./measure.js";
import { sigmoid } from "./numbers.js";
import { partAndGradient, partsOf } from "./one-part.js";
import { Random } from "./random.js";
import { Adam, Vae } from "./train.js";

export const STEPS = 250;
const RATE = 0.02;
export const TEN = 10; // pictures in a row
const SHAPE = { pixels: 64, latent: 2, hidden: [64], encoder: "silu", decoder: "silu" };
export const EVERY = 5; // steps between two measurements
// Draws of each code, which are measured with their mirror images: what is printed is off by about half of its last digit at most.
export const MEASURED = 3;
const [NEW, OLD, MEASURING] = [7, 8, 9]; // seeds of what is drawn once, the same in every run

/** Different images among the first of the data, one after another, (n, 64). */
export function firstImages(images, few = 102) {
  const different = new Map(images.slice(0, few).map((image) => [image.join(""), image]));
  return Float64Array.from([...different.values()].flatMap((image) => [...image]));
}

const draws = (seed, count) => new Random(seed).normals(new Float64Array(count));

/** Codes from the prior, as many as there are images: the same at every moment. */
export const newCodes = (n) => draws(NEW, 2 * n);

/**
 * A training, step by step, from networks that are untrained: each time the codes of the images, (n, 2), the first ten of them
 * and of the new codes decoded, (10, pixels), and now and then what is measured.
 */
export function* training(x, part, seed) {
  const n = x.length / SHAPE.pixels;
  const vae = Vae.untrained(SHAPE, new Random(seed));
  const adam = new Adam(vae.weights.length);
  const gradient = new Float64Array(vae.weights.length);
  const [fresh, still, half] = [newCodes(n), draws(OLD, 2 * n), draws(MEASURING, 2 * n * MEASURED)];
  const measuring = Float64Array.from([...half, ...half.map((draw) => -draw)]);
  const random = new Random(seed, 1);
  const noise = new Float64Array(2 * n);
  const decoded = (codes) => vae.decoder.forward(codes, TEN).slice(0, TEN * SHAPE.pixels).map(sigmoid);
  for (let step = 0; ; step++) {
    const { mean, std } = encodeAll(vae, x, n);
    const codes = mean.map((m, k) => m + std[k] * still[k]);
    yield { step, codes, old: decoded(codes), fresh: decoded(fresh), parts: step % EVERY ? undefined : partsOf(vae, x, n, measuring) };
    if (step === STEPS) return;
    partAndGradient(vae, x, n, random.normals(noise), part, gradient);
    adam.step(vae.weights, gradient, RATE);
  }
}
