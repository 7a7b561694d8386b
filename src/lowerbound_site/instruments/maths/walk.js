// Walks over the map of a small recorded decoder, and noise on it: what it shows there, and by how much that changes.

import { halves, sigmoid } from "./numbers.js";
import { PIXELS, decoderFrom, forward, partition } from "./vae.js";

const HIDDEN = 128;
const CODES = 360;
const STEP = 1 / 16; // of the second layer's weights
const FINE = 32; // steps on a unit of a walk, on which changes are added up

/** The recorded decoders by name, each with codes: of the held-out digits, or so many. `winding` is the one that has sines. */
export function unpack(buffer, names, winding, count = CODES, step = STEP) {
  const [first, second, codes] = [(2 + 1) * HIDDEN, HIDDEN * PIXELS, 2 * count];
  let at = 0;
  const take = (bytes) => buffer.slice(at, (at += bytes));
  return Object.fromEntries(names.map((name) => {
    const [layer1, bias2, places] = [first, PIXELS, codes].map((length) => halves(take(2 * length)));
    const weight2 = Float64Array.from(new Int8Array(take(second)), (whole) => step * whole);
    const placed = Array.from({ length: count }, (_, k) => [places[2 * k], places[2 * k + 1]]);
    return [name, { decoder: { ...decoderFrom([...layer1, ...weight2, ...bias2]), winds: name === winding }, codes: placed }];
  }));
}

const decoded = (decoder, places) =>
  forward(decoder, Float64Array.from(places.flat()), new Float64Array(PIXELS * places.length), places.length);

/** What a decoder shows at some places, each a picture of 64 values. */
export function shown(decoder, places) {
  const ink = decoded(decoder, places).map(sigmoid);
  return places.map((_, k) => ink.slice(PIXELS * k, PIXELS * (k + 1)));
}

/** By how many pixels two pictures differ: half a pixel is one that is half as dark. */
export const apart = (one, other) => one.reduce((sum, ink, d) => sum + Math.abs(ink - other[d]), 0);

/** So many places on the straight way, both ends among them. */
export const way = (from, to, count) =>
  Array.from({ length: count }, (_, k) => from.map((z, l) => z + ((to[l] - z) * k) / (count - 1)));

/** The pixels that change on the way, added up, for a unit of it; 0 where nobody walks. */
export function speed(decoder, from, to) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length === 0) return 0;
  const pictures = shown(decoder, way(from, to, Math.ceil(FINE * length) + 1));
  return pictures.slice(1).reduce((sum, picture, k) => sum + apart(picture, pictures[k]), 0) / length;
}

/** By how many nats, on average, the images that are made `here` are less likely at the draws: KL(p(x|here)‖p(x|draw)). */
export function price(decoder, here, draws) {
  const [at, there] = [decoded(decoder, [here]), decoded(decoder, draws)];
  let sum = 0;
  for (let start = 0; start < there.length; start += PIXELS) {
    sum += partition(there, start) - partition(at);
    for (let d = 0; d < PIXELS; d++) sum += sigmoid(at[d]) * (at[d] - there[start + d]);
  }
  return sum / draws.length;
}
