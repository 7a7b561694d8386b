// A density on a grid of the plane: its part that counts, values between the points, and its contours.
//
// A field is {values, n1, n2, from1, from2, step}: n1 x n2 values, the second coordinate the faster one.

/** The rectangle of a field where its values lie within `depth` of the largest, with a rim of `rim` points. */
export function crop({ values, n1, n2, from1, from2, step }, depth, rim = 2) {
  let peak = -Infinity;
  for (const value of values) if (value > peak) peak = value;
  let [low1, high1, low2, high2] = [n1, 0, n2, 0];
  for (let i = 0; i < n1; i++) {
    for (let j = 0; j < n2; j++) {
      if (values[i * n2 + j] < peak - depth) continue;
      [low1, high1, low2, high2] = [Math.min(low1, i), Math.max(high1, i), Math.min(low2, j), Math.max(high2, j)];
    }
  }
  [low1, low2] = [Math.max(0, low1 - rim), Math.max(0, low2 - rim)];
  [high1, high2] = [Math.min(n1 - 1, high1 + rim), Math.min(n2 - 1, high2 + rim)];
  const [m1, m2] = [high1 - low1 + 1, high2 - low2 + 1];
  const inside = Float64Array.from({ length: m1 * m2 }, (_, k) => values[(low1 + Math.floor(k / m2)) * n2 + low2 + (k % m2)]);
  return { values: inside, n1: m1, n2: m2, from1: from1 + low1 * step, from2: from2 + low2 * step, step };
}

/** A field with `factor` times as many steps, by cubic interpolation: exact where the field is a quadratic. */
export function refine(field, factor) {
  const { values, n1, n2, from1, from2, step } = field;
  const [m1, m2] = [(n1 - 1) * factor + 1, (n2 - 1) * factor + 1];
  const along2 = new Float64Array(n1 * m2);
  for (let i = 0; i < n1; i++) {
    for (let l = 0; l < m2; l++) along2[i * m2 + l] = between((j) => values[i * n2 + j], n2, l / factor);
  }
  const fine = new Float64Array(m1 * m2);
  for (let l = 0; l < m2; l++) {
    for (let k = 0; k < m1; k++) fine[k * m2 + l] = between((i) => along2[i * m2 + l], n1, k / factor);
  }
  return { values: fine, n1: m1, n2: m2, from1, from2, step: step / factor };
}

// Catmull-Rom; beyond the edge a field goes on as a straight line.
function between(value, n, at) {
  const i = Math.min(n - 2, Math.floor(at));
  const t = at - i;
  const [b, c] = [value(i), value(i + 1)];
  if (t === 0) return b;
  const a = i > 0 ? value(i - 1) : 2 * b - c;
  const d = i + 2 < n ? value(i + 2) : 2 * c - b;
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** For each share, the density at the border of the smallest region that holds this share of all. */
export function borders(density, shares) {
  const sorted = Float64Array.from(density).sort().reverse();
  const total = sorted.reduce((sum, value) => sum + value, 0);
  const levels = [];
  let held = 0;
  let g = 0;
  for (const share of shares) {
    while (g < sorted.length && held < share * total) held += sorted[g++];
    levels.push(sorted[g - 1]);
  }
  return levels; // shares from small to large
}

/** Where a field crosses a level: line segments [z1, z2, z1, z2], by marching squares. */
export function isolines({ values, n1, n2, from1, from2, step }, level) {
  const segments = [];
  const cross = (i, j, k, l) => {
    const t = (level - values[i * n2 + j]) / (values[k * n2 + l] - values[i * n2 + j]);
    return [from1 + step * (i + t * (k - i)), from2 + step * (j + t * (l - j))];
  };
  for (let i = 0; i + 1 < n1; i++) {
    for (let j = 0; j + 1 < n2; j++) {
      const g = i * n2 + j;
      const high = (values[g] > level) + (values[g + 1] > level) + (values[g + n2] > level) + (values[g + n2 + 1] > level);
      if (high === 0 || high === 4) continue; // most cells: no line goes through
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      const above = corners.map(([k, l]) => values[k * n2 + l] > level);
      const points = [];
      for (let side = 0; side < 4; side++) {
        const next = (side + 1) % 4;
        if (above[side] !== above[next]) points.push(cross(...corners[side], ...corners[next]));
      }
      // On a saddle, both lines keep to the corner that is above.
      if (points.length === 4 && above[1]) segments.push([...points[0], ...points[1]], [...points[2], ...points[3]]);
      else if (points.length === 4) segments.push([...points[3], ...points[0]], [...points[1], ...points[2]]);
      else if (points.length === 2) segments.push([...points[0], ...points[1]]);
    }
  }
  return segments;
}
