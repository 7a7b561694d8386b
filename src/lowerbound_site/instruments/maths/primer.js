// The table that the primer begins with: three images, two codes. Each image here is the training digit nearest to the
// average of its kind; of the ones, the nearest that is a single stroke, since the nearest of all looks like a t.

import { fromHex } from "./numbers.js";

const PIXELS = { zero: "183c242426243c18", one: "1818181818181818", seven: "1c3c040c1c181010" };

export const IMAGES = ["zero", "one", "seven"];
export const CODES = ["round", "straight"];

export const PRIOR = [0.5, 0.5];
export const DECODER = [
  [0.76, 0.04, 0.2],
  [0.04, 0.56, 0.4],
];
export const DATA = [0.2, 0.3, 0.5];
export const ENCODER = [
  [0.9, 0.1],
  [0.2, 0.8],
  [0.76, 0.24],
];

/** The 64 pixels of an image, row by row, each 0 or 1. */
export const pixels = (image) => [...fromHex(PIXELS[image])];

/** The average of the images under `weights`: for each pixel the probability that it is black. */
export function blend(weights) {
  const all = IMAGES.map(pixels);
  return all[0].map((_, d) => all.reduce((total, pixel, x) => total + weights[x] * pixel[d], 0));
}

/** The row with another share for one value; the rest keeps its proportions. */
export function withShare(row, at, share) {
  const rest = 1 - row[at];
  return row.map((prob, i) => (i === at ? share : (prob / rest) * (1 - share)));
}
