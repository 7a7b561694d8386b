// Draws of a normal at fixed noise, so that they ride on it while it is moved.

import { ndtri } from "./shares.js";

// Evenly spread over the unit square, however many one takes (Roberts 2018, "R2"): multiples of 1/g and 1/g^2 with
// g^3 = g + 1, and of them the quantiles of a normal.
const PLASTIC = 1.324717957244746;

/** The first n draws of noise, quasi-random: always the same. */
export const steadyNoise = (n) =>
  Array.from({ length: n }, (_, i) => [1 / PLASTIC, 1 / PLASTIC ** 2].map((step) => ndtri((0.5 + (i + 1) * step) % 1)));

/** The code at noise e of a normal. */
export const codeAt = ({ mean: [m1, m2], tril: [a, b, c] }, [e1, e2]) => [m1 + a * e1, m2 + b * e1 + c * e2];

/** The mean of some values, and its standard error. */
export function average(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(square / values.length) };
}
