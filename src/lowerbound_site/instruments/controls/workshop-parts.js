// What the instruments that train have in common.

/** Images, each of 64 pixels, one after the other in one array. */
export function joined(images) {
  const all = new Float64Array(64 * images.length);
  images.forEach((image, n) => all.set(image, 64 * n));
  return all;
}
