// Gauss-Hermite quadrature: E[f(e)] of standard normal noise e is about the sum of weight f(point).

const kept = new Map();

/** The n points and weights in one dimension; the weights add up to 1. */
export function gaussHermite(n) {
  if (!kept.has(n)) kept.set(n, computed(n));
  return kept.get(n);
}

// The points are the zeros of the n-th Hermite polynomial. With the polynomials scaled to unit length, h_n, the weight
// of a zero t is 1 / (n h_{n-1}(t)^2). Newton's method finds the zeros from the largest to the middle one.
function computed(n) {
  const points = new Float64Array(n);
  const weights = new Float64Array(n);
  let t = 0;
  for (let k = 0; k < Math.ceil(n / 2); k++) {
    t = firstGuess(n, k, t, points);
    let last = 0;
    for (let step = 0; step < 60; step++) {
      const [here, before] = polynomials(n, t);
      last = before;
      const move = here / (Math.sqrt(n) * before); // h_n' = sqrt(n) h_{n-1}
      t -= move;
      if (Math.abs(move) < 1e-15 * (1 + Math.abs(t))) break;
    }
    if (2 * k + 1 === n) t = 0;
    [, last] = polynomials(n, t);
    points[n - 1 - k] = t;
    points[k] = -t;
    weights[n - 1 - k] = weights[k] = 1 / (n * last * last);
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { points, weights: weights.map((weight) => weight / sum) };
}

/** h_n(t) and h_{n-1}(t), by sqrt(j) h_j = t h_{j-1} - sqrt(j-1) h_{j-2}. */
function polynomials(n, t) {
  let before = 0;
  let here = 1;
  for (let j = 1; j <= n; j++) [before, here] = [here, (t * here - Math.sqrt(j - 1) * before) / Math.sqrt(j)];
  return [here, before];
}

// Stroud and Secrest's guesses, as in Numerical Recipes, for points that are sqrt(2) times as far out.
function firstGuess(n, k, previous, points) {
  const t = previous / Math.SQRT2;
  const earlier = (j) => points[n - 1 - j] / Math.SQRT2;
  let guess;
  if (k === 0) guess = Math.sqrt(2 * n + 1) - 1.85575 * (2 * n + 1) ** (-1 / 6);
  else if (k === 1) guess = t - (1.14 * n ** 0.426) / t;
  else if (k === 2) guess = 1.86 * t - 0.86 * earlier(0);
  else if (k === 3) guess = 1.91 * t - 0.91 * earlier(1);
  else guess = 2 * t - earlier(k - 2);
  return guess * Math.SQRT2;
}
