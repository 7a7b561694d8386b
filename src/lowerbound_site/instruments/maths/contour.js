// The border of the smallest region that holds a share of a mass on a grid: lines between equal values.

/**
 * A log mass that the cells of the most probable region, which together hold this share, all exceed, and no other: half
 * way to the next, so that no cell is right at the border.
 */
export function levelOf(logMass, share) {
  const sorted = Float64Array.from(logMass).sort().reverse();
  let sum = 0;
  const last = sorted.findIndex((value) => (sum += Math.exp(value)) >= share);
  return last < 0 || last + 1 === sorted.length ? sorted.at(-1) - 1 : (sorted[last] + sorted[last + 1]) / 2;
}

/**
 * island: {logMass, points, limit, center}, points x points cells over |z - center| <= limit, the second coordinate faster. Returns lines,
 * each a list of points [z1, z2]. Where log mass crosses the level between two neighbours is found on a straight line
 * between them ("marching squares"); of a saddle the two high corners are kept apart.
 */
export function contour({ logMass, points, limit, center = [0, 0] }, share) {
  const level = levelOf(logMass, share);
  const spacing = (2 * limit) / (points - 1);
  const z = (i, l) => center[l] - limit + i * spacing;
  const cross = (i, j, k, l) => {
    if (k < i || l < j) return cross(k, l, i, j); // the same digits from both cells that share this edge
    const [from, to] = [logMass[i * points + j], logMass[k * points + l]];
    const part = Math.min(1, Math.max(0, (level - from) / (to - from)));
    return [z(i + part * (k - i), 0), z(j + part * (l - j), 1)];
  };
  const pieces = [];
  for (let i = 0; i + 1 < points; i++) {
    for (let j = 0; j + 1 < points; j++) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      const high = corners.map(([k, l]) => logMass[k * points + l] >= level);
      // Walking around the cell, each way in is followed by the way out: between them lies what is high.
      const edges = corners.map((corner, n) => [n, (n + 1) % 4]).filter(([a, b]) => high[a] !== high[b]);
      if (edges.length === 0) continue;
      const first = edges.findIndex(([a]) => !high[a]);
      const around = [...edges.slice(first), ...edges.slice(0, first)].map(([a, b]) => cross(...corners[a], ...corners[b]));
      for (let n = 0; n < around.length; n += 2) pieces.push([around[n], around[n + 1]]);
    }
  }
  return joined(pieces);
}

/** Pieces that share an end, as long lines. */
function joined(pieces) {
  const name = ([a, b]) => `${a},${b}`;
  const starting = new Map(pieces.map((piece) => [name(piece[0]), piece]));
  const ending = new Set(pieces.map((piece) => name(piece[1])));
  const lines = [];
  const follow = (start) => {
    const line = [start[0]];
    for (let piece = start; piece; ) {
      starting.delete(name(piece[0]));
      line.push(piece[1]);
      piece = starting.get(name(piece[1]));
    }
    lines.push(line);
  };
  for (const [at, piece] of [...starting]) if (!ending.has(at)) follow(piece); // those that begin on the rim
  while (starting.size) follow(starting.values().next().value);
  return lines;
}
