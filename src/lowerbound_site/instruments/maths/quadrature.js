// E[f(e)] of standard normal noise e in two dimensions, as lowerbound.vae computes it: a weighted sum over evenly spaced
// points. The same sum over every second point says how far off it may be; where that is too much, the spacing is halved.

const SPACING = 0.5; // standard deviations: first, and at the end
const FINEST = 0.125;
const RADIUS = 6.5;
const TOLERANCE = 1e-3; // nats
const kept = new Map();

/** Points (m, 2), and five sets of m weights that add up to 1: all points, then every second one, from all four starts. */
export function even(spacing) {
  if (!(spacing > 0 && spacing <= 1)) throw new RangeError(`spacing: expected standard deviations, at most 1, got ${spacing}`);
  if (!kept.has(spacing)) kept.set(spacing, computed(spacing));
  return kept.get(spacing);
}

function computed(spacing) {
  const reach = Math.floor(RADIUS / spacing);
  const steps = [];
  for (let i = -reach; i <= reach; i++) {
    for (let j = -reach; j <= reach; j++) if (spacing * Math.hypot(i, j) <= RADIUS) steps.push([i, j]);
  }
  const density = steps.map(([i, j]) => Math.exp(-0.5 * spacing * spacing * (i * i + j * j)));
  const normalised = (some) => {
    const total = some.reduce((sum, weight) => sum + weight, 0);
    return Float64Array.from(some, (weight) => weight / total);
  };
  const odd = (number) => Math.abs(number % 2);
  const starts = [[0, 0], [0, 1], [1, 0], [1, 1]];
  const weights = [
    normalised(density),
    ...starts.map(([a, b]) => normalised(density.map((weight, k) => (odd(steps[k][0]) === a && odd(steps[k][1]) === b ? weight : 0)))),
  ];
  // Stretched a little, so that the second moments are exact.
  const stretch = Math.sqrt(steps.reduce((sum, [i], k) => sum + weights[0][k] * i * i, 0));
  return { points: Float64Array.from(steps.flat(), (step) => step / stretch), weights };
}

/**
 * E[f(e)], where `valuesAt(points)` returns f at points (m, 2). With a `spacing` it is that one sum, whatever its error.
 */
export function expectation(valuesAt, spacing) {
  for (let width = spacing ?? SPACING; ; width /= 2) {
    const { points, weights } = even(width);
    const values = valuesAt(points);
    const [value, ...others] = weights.map((weight) => weight.reduce((sum, w, k) => sum + w * values[k], 0));
    const error = Math.max(...others.map((other) => Math.abs(other - value))) / 4;
    const allowed = Math.max(TOLERANCE, 16 * Number.EPSILON * Math.abs(value));
    if (spacing || error <= allowed || width <= FINEST) return value;
  }
}
