// Where a shuffle leaves p(z|x): which share of it lies in which cell, and the best ellipse for what lies there.

import { codeAt } from "./draws.js";
import { klToPrior, spread, tilted, upright } from "./normal.js";

const LEAST = 1e-6; // of its peak: what is less dense counts as nothing
const ON = 1e-9; // a border, that is as good as on it
const NARROWEST = 0.02;
const REACH = 4; // of the field after a shuffle
const FINE = 32; // points a unit
const STEPS = 200;

/** For each point of an axis, in which cells the stretch around it lies, and with which part: [[cell, part], ...]. */
function stretches(points, from, step, borders) {
  const edges = [-Infinity, ...borders, Infinity];
  return Array.from({ length: points }, (_, i) => {
    const [low, high] = [from + (i - 0.5) * step, from + (i + 0.5) * step];
    const parts = [];
    for (let cell = 0; cell + 1 < edges.length; cell++) {
      const part = (Math.min(high, edges[cell + 1]) - Math.max(low, edges[cell])) / step;
      if (part > 0) parts.push([cell, part]);
    }
    return parts;
  });
}

/**
 * The share of a density that lies in each cell, row by row along z1, before the shuffle. The square around each point of
 * the field counts as much as the point does, cut where a border crosses it.
 */
export function masses({ values, n1, n2, from1, from2, step }, shuffle) {
  const { k } = shuffle;
  const borders = shuffle.borders();
  const [along1, along2] = [stretches(n1, from1, step, borders), stretches(n2, from2, step, borders)];
  const held = new Float64Array(k * k);
  const row = new Float64Array(k); // of one row of points, the sum in each cell along z2
  let total = 0;
  for (let i = 0; i < n1; i++) {
    row.fill(0);
    for (let j = 0; j < n2; j++) {
      const value = values[i * n2 + j];
      total += value;
      const parts = along2[j];
      for (let n = 0; n < parts.length; n++) row[parts[n][0]] += parts[n][1] * value;
    }
    for (const [cell1, part1] of along1[i]) row.forEach((sum, cell2) => (held[cell1 * k + cell2] += part1 * sum));
  }
  return held.map((mass) => mass / total);
}

/**
 * The points of a field that lie in one cell, where the shuffle has brought them, each with its density. Those on a border
 * are left out: from the edge of the outermost cells they would come from infinity.
 */
export function piece({ values, n1, n2, from1, from2, step }, shuffle, cell) {
  const borders = [-Infinity, ...shuffle.borders(), Infinity];
  const within = (points, from, slot) =>
    Array.from({ length: points }, (_, i) => i).filter((i) => from + i * step > borders[slot] + ON && from + i * step < borders[slot + 1] - ON);
  const rows = within(n1, from1, Math.floor(cell / shuffle.k));
  const columns = within(n2, from2, cell % shuffle.k);
  // Within a cell either coordinate goes its own way, whatever the other is.
  const back = (i, j) => shuffle.back([from1 + i * step, from2 + j * step]);
  const there = [rows.map((i) => back(i, columns[0])[0]), columns.map((j) => back(rows[0], j)[1])];
  const points = rows.flatMap((i, r) => columns.map((j, c) => ({ density: values[i * n2 + j], z: [there[0][r], there[1][c]] })));
  const peak = points.reduce((most, { density }) => Math.max(most, density), 0);
  return points.filter(({ density }) => density > LEAST * peak);
}

/** The upright normal with the mean and the widths of some points. */
export function gathered(points) {
  const total = points.reduce((sum, { density }) => sum + density, 0);
  const average = (f) => points.reduce((sum, { density, z }) => sum + density * f(z), 0) / total;
  const mean = [0, 1].map((l) => average((z) => z[l]));
  return upright(...mean, ...mean.map((m, l) => Math.max(NARROWEST, Math.sqrt(average((z) => (z[l] - m) ** 2)))));
}

/** The box that holds the middle 96 % of some points along either axis. */
export function extent(points) {
  const total = points.reduce((sum, { density }) => sum + density, 0);
  const [[left, right], [low, high]] = [0, 1].map((l) => {
    const sorted = points.toSorted((a, b) => a.z[l] - b.z[l]);
    let held = 0;
    const shares = sorted.map(({ density }) => (held += density / total));
    return [0.02, 0.98].map((share) => sorted[shares.findIndex((below) => below >= share)].z[l]);
  });
  return { left, right, low, high };
}

/** A field's value at a place: between the four points around it, and beyond its edge as on it. */
export function valueAt({ values, n1, n2, from1, from2, step }, [z1, z2]) {
  const on = (z, from, points) => Math.max(0, Math.min(points - 1, (z - from) / step));
  const [u, v] = [on(z1, from1, n1), on(z2, from2, n2)];
  const [i, j] = [Math.min(n1 - 2, Math.floor(u)), Math.min(n2 - 2, Math.floor(v))];
  const [s, t] = [u - i, v - j];
  const g = i * n2 + j;
  return (1 - s) * ((1 - t) * values[g] + t * values[g + 1]) + s * ((1 - t) * values[g + n2] + t * values[g + n2 + 1]);
}

/** The field of log p(x|z) after the shuffle, a little blurred at the borders. */
export function after(field, shuffle) {
  // Half a step off 0, which may be a border.
  const axis = Array.from({ length: 2 * REACH * FINE }, (_, i) => (i + 0.5) / FINE - REACH);
  const from = shuffle.mover(axis);
  const values = Float64Array.from({ length: axis.length ** 2 }, (_, g) => valueAt(field, from(Math.floor(g / axis.length), g % axis.length)));
  return { values, n1: axis.length, n2: axis.length, from1: axis[0], from2: axis[0], step: 1 / FINE };
}

/**
 * The best ellipse found where log p(x|z) is such a field: from each start in turn place, widths and tilt are changed at
 * random, first much, then less, and what costs less is kept. A cost is an average over draws, always at the same noise.
 */
export function bestFound(field, starts, noise, random, steps = STEPS) {
  const cost = (q) => klToPrior(q) - noise.reduce((sum, e) => sum + valueAt(field, codeAt(q, e)), 0) / noise.length;
  const normal = ([m1, m2, t1, t2, r]) => tilted(m1, m2, Math.exp(t1), Math.exp(t2), Math.tanh(r));
  let best = { q: starts[0], cost: Infinity };
  for (const start of starts) {
    const [s1, s2] = spread(start);
    let here = { at: [...start.mean, Math.log(s1), Math.log(s2), 0], q: start, cost: cost(start) };
    for (let step = 0; step < steps; step++) {
      const reach = 0.03 ** (step / steps);
      const at = here.at.map((value, l) => value + reach * [s1 / 5, s2 / 5, 0.6, 0.6, 0.6][l] * random.normal());
      const there = { at, q: normal(at), cost: cost(normal(at)) };
      if (there.cost < here.cost) here = there;
    }
    if (here.cost < best.cost) best = here;
  }
  return best.q;
}
