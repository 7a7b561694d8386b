// The truth about a VAE in training: log p(x) by a sum over a grid of codes, the ELBO by quadrature. The formulas are
// those of the recorded model (vae.js); here the networks are of any width and depth, and go many codes at a time.

import { klToPrior, upright } from "./normal.js";
import { logSumExp } from "./numbers.js";
import { expectation } from "./quadrature.js";
import { Grid, likelihood } from "./vae.js";

const BLOCK = 256; // codes decoded at once
export const QUICK = { points: 48, limit: 5, spacing: 0.75 }; // what is measured beside a training

/** q(z|x) of n images: means and standard deviations, (n, latent) each. */
export function encodeAll(vae, x, n) {
  const { latent } = vae.shape;
  const out = vae.encoder.forward(x, n);
  const [mean, std] = [new Float64Array(n * latent), new Float64Array(n * latent)];
  for (let r = 0; r < n; r++) {
    for (let l = 0; l < latent; l++) {
      mean[r * latent + l] = out[r * 2 * latent + l];
      std[r * latent + l] = Math.exp(out[(r * 2 + 1) * latent + l]);
    }
  }
  return { mean, std };
}

/**
 * The two parts of the loss of one image x under the upright normal q with this mean and these widths, in nats, by
 * quadrature: -E_q[log p(x|z)] and KL(q || p(z)). Their sum is -ELBO.
 */
export function costs(vae, x, [m1, m2], [s1, s2], spacing) {
  const valuesAt = (points) => {
    const codes = points.map((e, k) => (k % 2 ? m2 + s2 * e : m1 + s1 * e));
    const values = new Float64Array(codes.length / 2);
    for (let first = 0; first < values.length; first += BLOCK) {
      const rows = Math.min(BLOCK, values.length - first);
      const logits = vae.decoder.forward(codes.subarray(2 * first), rows);
      for (let r = 0; r < rows; r++) values[first + r] = -likelihood(x, logits, r * x.length);
    }
    return values;
  };
  return { reconstruction: expectation(valuesAt, spacing), kl: klToPrior(upright(m1, m2, s1, s2)) };
}

/** What there is to know of one image: q(z|x), p(z|x) as an island, and its gap. */
export function look(vae, x) {
  const q = encodeAll(vae, x, 1);
  const posterior = island(vae, x, QUICK.limit, 40);
  const { reconstruction, kl } = costs(vae, x, q.mean, q.std, QUICK.spacing);
  return { q, posterior, gap: reconstruction + kl + posterior.logEvidence };
}

/** The grid of vae.js over a decoder of any shape. */
class TrainedGrid extends Grid {
  decode(codes, out) {
    out.set(this.decoder.forward(codes, this.points).subarray(0, out.length));
  }

  /**
   * log p(x), and what it may be off by: the points of one colour of the chessboard make a grid too, with gaps that are
   * 1.4 times as wide; so do those of the other. Where the two agree, both together are exact to far more digits. And what
   * stands on the rim says how much lies beyond it.
   */
  evidence(x) {
    const logJoint = this.logJoint(x);
    const logEvidence = logSumExp(logJoint);
    const last = this.points - 1;
    const share = [0, 0];
    let rim = 0;
    for (let g = 0; g < logJoint.length; g++) {
      const [i, j] = [Math.floor(g / this.points), g % this.points];
      const mass = Math.exp(logJoint[g] - logEvidence);
      share[(i + j) % 2] += mass;
      if (i === 0 || j === 0 || i === last || j === last) rim += mass;
    }
    return { logEvidence, coarse: Math.abs(share[0] - share[1]), rim };
  }
}

/**
 * p(z|x) of one image, on a grid as fine as it needs: where all of it lies within a few cells, the grid draws closer,
 * again and again. Returns log p(x), and {logMass, points, limit, center} of the last grid.
 */
export function island(vae, x, limit, points = 48) {
  let grid = new TrainedGrid(vae.decoder, points, limit);
  for (let closer = 0; ; closer++) {
    const { logEvidence, logMass } = grid.posterior(x);
    const [from, to] = extent(logMass, points);
    const widest = Math.max(to[0] - from[0], to[1] - from[1]);
    if (widest > 0.6 * points || closer === CLOSEST) {
      return { logEvidence, logMass, points, limit: grid.limit, center: grid.center };
    }
    const center = [0, 1].map((l) => grid.center[l] + (grid.axis[from[l]] + grid.axis[to[l]]) / 2);
    grid = new TrainedGrid(vae.decoder, points, (widest / 2 + 2) * grid.spacing, center);
  }
}

const CLOSEST = 6; // a grid of 48 points is then at least a thousand times as fine
const NOTHING = 16; // a cell whose log mass is so much below the largest does not count

/** The rows and columns between which the mass lies: [[row, column], [row, column]]. */
function extent(logMass, points) {
  const least = logMass.reduce((most, value) => Math.max(most, value), -Infinity) - NOTHING;
  const [from, to] = [[points, points], [-1, -1]];
  logMass.forEach((value, g) => {
    if (value < least) return;
    [Math.floor(g / points), g % points].forEach((at, l) => {
      from[l] = Math.min(from[l], at);
      to[l] = Math.max(to[l], at);
    });
  });
  return [from, to];
}

const COARSE = 0.02; // of an average log p(x): the two halves of the chessboard may differ by so much
const RIM = 1e-4; // share of p(z|x) on the outermost points
const MOST = 240; // points a dimension

/**
 * Averages over n images, in nats: loss = -ELBO, its parts, -log p(x) and the gap. `grid` says where to begin, {points,
 * limit}; the grid grows until it sees everything, or to 240 x 240 points. `pause` is awaited now and then.
 */
export async function measure(vae, x, n, { points, limit, spacing }, pause = async () => {}) {
  const { pixels } = vae.shape;
  const image = (r) => x.subarray(r * pixels, (r + 1) * pixels);
  const truth = await evidenceOf(vae, image, n, points, limit, pause);
  const { mean, std } = encodeAll(vae, x, n);
  const mine = { reconstruction: 0, kl: 0 };
  for (let r = 0; r < n; r++) {
    const { reconstruction, kl } = costs(vae, image(r), pair(mean, r), pair(std, r), spacing);
    mine.reconstruction += reconstruction / n;
    mine.kl += kl / n;
    if (r % 8 === 7) await pause();
  }
  const loss = mine.reconstruction + mine.kl;
  return { ...mine, loss, surprise: -truth.logEvidence, gap: loss + truth.logEvidence, ...truth.grid };
}

const pair = (array, r) => [array[2 * r], array[2 * r + 1]];

async function evidenceOf(vae, image, n, points, limit, pause) {
  for (;;) {
    const grid = new TrainedGrid(vae.decoder, points, limit);
    while (!grid.decodeRows(16)) await pause();
    const sum = { logEvidence: 0, coarse: 0, rim: 0 };
    for (let r = 0; r < n; r++) {
      const found = grid.evidence(image(r));
      for (const key of Object.keys(sum)) sum[key] += found[key] / n;
      if (r % 8 === 7) await pause();
    }
    const exact = sum.coarse < COARSE && sum.rim < RIM;
    if (exact || points >= MOST) return { logEvidence: sum.logEvidence, grid: { points, limit, exact } };
    const wider = sum.rim >= RIM ? 1.5 : 1;
    const finer = sum.coarse >= COARSE ? 1.5 : 1;
    limit *= wider;
    points = Math.min(MOST, Math.ceil(points * wider * finer));
  }
}
