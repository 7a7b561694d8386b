// A square grid of codes, taken together into larger tiles: one image's row of a table with so many columns.

/** The mass of each tile, from the log mass of the grid's cells; tiles[i][j], both coordinates cut into equal parts. */
export function tiles(logMass, points, [parts1, parts2]) {
  const mass = Array.from({ length: parts1 }, () => new Array(parts2).fill(0));
  for (let i = 0; i < points; i++) {
    for (let j = 0; j < points; j++) {
      mass[Math.floor((i * parts1) / points)][Math.floor((j * parts2) / points)] += Math.exp(logMass[i * points + j]);
    }
  }
  return mass;
}

/** How many of the most probable it takes to hold this share. */
export function fewest(mass, share) {
  let held = 0;
  return [...mass].sort((a, b) => b - a).findIndex((part) => (held += part) >= share) + 1;
}
