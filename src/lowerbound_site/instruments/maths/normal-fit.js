// A normal beside two humps: p(z) is a mixture of two normals of the same width, fitted in either direction of the KL.

const LOG_ROOT_TAU = 0.5 * Math.log(2 * Math.PI);

export const logNormal = (z, mean, width) => -0.5 * ((z - mean) / width) ** 2 - Math.log(width) - LOG_ROOT_TAU;

// humps = {places: [a, b], share: of the first, width}. log p(z), by log-sum-exp.
export function logHumps(z, { places, share, width }) {
  const first = Math.log(share) + logNormal(z, places[0], width);
  const second = Math.log(1 - share) + logNormal(z, places[1], width);
  const [high, low] = first > second ? [first, second] : [second, first];
  return low === -Infinity ? high : high + Math.log1p(Math.exp(low - high));
}

// Points at eight widths to both sides, with the weight of a standard normal at each: they ride on the normal.
const STEP = 1 / 8;
const NODES = Array.from({ length: 16 / STEP + 1 }, (_, i) => i * STEP - 8);
const WEIGHTS = NODES.map((node) => Math.exp(logNormal(node, 0, 1)) * STEP);
const expect = (value) => NODES.reduce((total, node, i) => total + WEIGHTS[i] * value(node), 0);

// KL(normal‖humps): an average over the normal.
export const klToHumps = ({ mean, width }, humps) =>
  expect((node) => logNormal(node, 0, 1) - Math.log(width) - logHumps(mean + width * node, humps));

// KL(humps‖normal): an average over the humps, each with nodes of its own.
export function klFromHumps(humps, { mean, width }) {
  const over = (place) =>
    expect((node) => {
      const z = place + humps.width * node;
      return logHumps(z, humps) - logNormal(z, mean, width);
    });
  const [first, second] = humps.places.map((place, i) => ([humps.share, 1 - humps.share][i] ? over(place) : 0));
  return humps.share * first + (1 - humps.share) * second;
}

// The least KL(humps‖normal): the normal with the mean and the variance of the humps.
export function cover({ places: [a, b], share, width }) {
  return {
    mean: share * a + (1 - share) * b,
    width: Math.sqrt(width ** 2 + share * (1 - share) * (a - b) ** 2),
  };
}

// The least KL(normal‖humps): downhill from each hump and from both together, and the best of where that ends.
export function pick(humps) {
  const places = [...humps.places].sort((a, b) => a - b); // of two that are as good, the left one
  const starts = [...places.map((mean) => ({ mean, width: humps.width })), cover(humps)];
  const ends = starts.map((start) => descend(start, humps));
  const best = ends.reduce((a, b) => (b.value < a.value - 1e-12 ? b : a));
  return { mean: best.mean, width: best.width };
}

// KL(normal‖humps) with its slopes and bends in the mean and in the log of the width. With V = -log p, and z riding on
// the normal, z = mean + width e, they are averages of V', V'' and their products with width e.
function landscape({ mean, width }, humps) {
  const { places: [a, b], share, width: own } = humps;
  const at = { value: 0, dm: 0, dl: -1, mm: 0, ml: 0, ll: 0 };
  NODES.forEach((node, i) => {
    const reach = width * node;
    const z = mean + reach;
    const log = logHumps(z, humps);
    const first = share ? Math.exp(Math.log(share) + logNormal(z, a, own) - log) : 0; // of the first hump, given z
    const slope = (z - first * a - (1 - first) * b) / own ** 2;
    const bend = 1 / own ** 2 - (first * (1 - first) * (a - b) ** 2) / own ** 4;
    const weight = WEIGHTS[i];
    at.value += weight * (logNormal(node, 0, 1) - Math.log(width) - log);
    at.dm += weight * slope;
    at.dl += weight * slope * reach;
    at.mm += weight * bend;
    at.ml += weight * bend * reach;
    at.ll += weight * (bend * reach + slope) * reach;
  });
  return at;
}

// Newton's method; where the ground is not a bowl, more of the plain slope; and never uphill.
function descend(start, humps) {
  let [at, here, caution] = [start, landscape(start, humps), 0];
  for (let round = 0; round < 60 && Math.abs(here.dm) + Math.abs(here.dl) > 1e-11; round += 1) {
    const { dm, dl, ml } = here;
    const floor = 0.05 - Math.min(0, (here.mm + here.ll) / 2 - Math.hypot((here.mm - here.ll) / 2, ml));
    const more = caution || (floor > 0.05 ? floor : 0);
    const [mm, ll] = [here.mm + more, here.ll + more];
    const size = mm * ll - ml * ml;
    const next = {
      mean: at.mean - (ll * dm - ml * dl) / size,
      width: at.width * Math.exp(Math.max(-1, Math.min(1, -(mm * dl - ml * dm) / size))),
    };
    const there = landscape(next, humps);
    if (there.value <= here.value + 1e-15) [at, here, caution] = [next, there, 0];
    else caution = Math.max(2 * more, 1);
    if (caution > 1e6) break;
  }
  return { ...at, value: here.value };
}
