// The best ellipse for one image: where the loss is smallest, by a quasi-Newton search (BFGS).

import { spread, tilted } from "./normal.js";
import { loss } from "./vae.js";

const SPACING = 0.75; // coarser than where it is read off: a search tries hundreds
const STEPS = 60;
const H = 1e-4;

/** The best upright or tilted normal found from `start`; for the same image it may depend on where one starts. */
export const best = (decoder, x, start, mayTilt) => fitted((q) => loss(decoder, x, q, SPACING), start, mayTilt);

/** The normal that costs the least, as `cost(q)` has it. */
export function fitted(cost, start, mayTilt) {
  const [s1, s2, correlation] = spread(start);
  const first = [...start.mean, Math.log(s1), Math.log(s2), ...(mayTilt ? [Math.atanh(Math.max(-0.99, Math.min(0.99, correlation)))] : [])];
  const normal = ([m1, m2, t1, t2, r = 0]) => tilted(m1, m2, Math.exp(t1), Math.exp(t2), Math.tanh(r));
  return normal(minimum((at) => cost(normal(at)), first));
}

function gradient(f, at) {
  return at.map((value, k) => {
    const moved = (by) => f(at.map((other, l) => (l === k ? value + by : other)));
    return (moved(H) - moved(-H)) / (2 * H);
  });
}

/** A minimum of a smooth function, from `at`, with gradients by central differences. */
export function minimum(f, at) {
  const n = at.length;
  const dot = (u, v) => u.reduce((sum, value, k) => sum + value * v[k], 0);
  let inverse = at.map((_, k) => at.map((_, l) => (k === l ? 0.05 : 0))); // of the curvature, as far as it is known
  let here = f(at);
  let slope = gradient(f, at);
  for (let step = 0; step < STEPS && Math.max(...slope.map(Math.abs)) > 1e-5; step++) {
    let direction = inverse.map((row) => -dot(row, slope));
    if (dot(direction, slope) >= 0) direction = slope.map((value) => -0.05 * value);
    const length = Math.max(...direction.map(Math.abs));
    if (length > 0.5) direction = direction.map((value) => (0.5 * value) / length);
    let scale = 1;
    let next = at;
    let there = Infinity;
    for (; scale > 1e-6; scale /= 2) {
      next = at.map((value, k) => value + scale * direction[k]);
      there = f(next);
      if (there <= here + 1e-4 * scale * dot(direction, slope)) break;
    }
    if (!(there < here)) break;
    const slopeThere = gradient(f, next);
    const s = next.map((value, k) => value - at[k]);
    const y = slopeThere.map((value, k) => value - slope[k]);
    const sy = dot(s, y);
    if (sy > 1e-12) {
      const hy = inverse.map((row) => dot(row, y));
      const factor = (1 + dot(y, hy) / sy) / sy;
      inverse = inverse.map((row, k) => row.map((value, l) => value + factor * s[k] * s[l] - (hy[k] * s[l] + s[k] * hy[l]) / sy));
    }
    [at, here, slope] = [next, there, slopeThere];
  }
  return at;
}
