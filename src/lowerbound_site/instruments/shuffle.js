// Latent space in pieces: the same cells in another order. log p(x) cannot tell, one ellipse can.

import { choice } from "./controls/choice.js";
import { loadDecoder, loadEncoder, loadImages } from "./controls/data.js";
import { change, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { bar } from "./draw/bar.js";
import { bitmap, tinted } from "./draw/bitmap.js";
import { digits } from "./draw/digits.js";
import { gap as gapText, number } from "./draw/format.js";
import { outline, plane } from "./draw/plane.js";
import { refine } from "./maths/levels.js";
import { klToPrior, reach } from "./maths/normal.js";
import { sigmoid } from "./maths/numbers.js";
import { Random } from "./maths/random.js";
import { Shuffle, codeAt, moved, priceOfDraws, steadyNoise } from "./maths/shuffle.js";
import { Grid, encode, forward, logLikelihood, loss } from "./maths/vae.js";

export const schema = {
  "digit": { "from": 0, "to": 359, "step": 1, "start": 134 },
  "k": { "from": 1, "to": 12, "step": 1, "start": 1 },
  "seed": { "from": 0, "to": 99, "step": 1, "start": 0 },
  "q": { "of": ["ellipse", "pieces"], "start": "ellipse" }
};

const LIMIT = 3.5;
const AXIS = 60; // nats
const PICTURE = 0.78; // how wide a picture of the atlas is at most
const CLOUD = 140; // pixels a side of what is drawn of the densities
const ATLAS = 360;
const DRAWS = 512;
const SHOWN = 64; // draws on the plane
const DECODED = 6; // and beside it
const NOISE = steadyNoise(DRAWS);

const load = async () => {
  const [decoder, encoder, images] = await Promise.all([loadDecoder(), loadEncoder(), loadImages()]);
  return { decoder, encoder, images };
};

/** log p(z), but for a constant. */
const logPrior = (z1, z2) => -0.5 * (z1 * z1 + z2 * z2);

/** The order of k x k cells that a seed gives; one cell has no other. */
const orderOf = ({ k, seed }) => new Random(seed, k).permutation(k * k);

/** All that is known of one image before anything is shuffled. */
function before(decoder, grid, q, x) {
  const { logEvidence, logMass } = grid.posterior(x);
  return { q, surprise: -logEvidence, loss: loss(decoder, x, q), logMass, draws: NOISE.map((e) => logLikelihood(decoder, x, ...codeAt(q, e))) };
}

/** The numbers shown, from what is known before. */
export function measure(decoder, x, { q, surprise, loss: start, draws }, shuffle, pieces) {
  // Whatever is moved along piece by piece meets the same pictures with the same probabilities.
  if (pieces) return { loss: start, surprise, gap: start - surprise, error: 0 };
  const { mean, error } = priceOfDraws(decoder, x, q, shuffle, NOISE, draws);
  const after = start - klToPrior(q) + klToPrior(moved(q, shuffle)) + mean;
  return { loss: after, surprise, gap: after - surprise, error };
}

function build(kit, { decoder, encoder, images }) {
  const grid = new Grid(decoder);
  let known = {};
  const truth = (digit) => {
    if (known.digit === digit) return known;
    const { points, spacing, limit } = grid;
    known = { digit, ...before(decoder, grid, encode(encoder, images[digit]), images[digit]) };
    // The likelihood, between the grid's points: for the drawing only.
    const values = Float64Array.from(known.logMass, (mass, g) => mass - logPrior(grid.axis[Math.floor(g / points)], grid.axis[g % points]));
    known.fine = refine({ values, n1: points, n2: points, from1: -limit, from2: -limit, step: spacing }, 4);
    return known;
  };
  let cut = {};
  const shuffled = ({ k, seed }) => {
    if (cut.key !== `${k} ${seed}`) cut = { key: `${k} ${seed}`, shuffle: new Shuffle(k, orderOf({ k, seed })) };
    return cut.shuffle;
  };

  const field = plane("shuffle", LIMIT);
  const pieces = tinted("shuffle-pieces", "var(--lb-q)");
  const halo = outline("lb-halo", 0.95);
  const ring = outline("lb-q-95", 0.95);
  const dots = svg("path", { class: "lb-line", stroke: "var(--lb-q)", "stroke-width": 2.4, "stroke-linecap": "round" });
  const borders = svg("path", { class: "lb-line", stroke: "var(--lb-rule-strong)" });
  const centre = svg("circle", { class: "lb-q-dot", r: 0.06 });
  field.element.style.cursor = "default"; // nothing on it is dragged
  field.marks.append(borders, pieces.element, halo.element, ring.element, dots, centre);
  const costs = bar("lb-loss");
  const pair = digits("shuffle-pair", "var(--lb-ink)", 2, "<i>x</i>, and q’s middle decoded");
  const drawn = digits("shuffle-drawn", "var(--lb-ink)", 3, "six draws from q, decoded");

  const cells = axisSlider(kit, "k", "cells a side", { small: 1, large: 2, page: 3 });
  const shape = choice(kit, "q", "q is", { ellipse: "one ellipse, moved to where its middle went", pieces: "any shape, moved along piece by piece" });
  const button = (text, press) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", press);
    return made;
  };
  const buttons = element("div", { class: "lb-buttons lb-live" },
    button("Shuffle again", () => kit.go({ seed: (kit.state.seed + 1) % 100, k: kit.state.k === 1 ? 6 : kit.state.k })),
    button("Another digit", () => kit.go({ digit: (kit.state.digit + 47) % images.length })));
  const values = element("p", { class: "lb-values" });
  const outputs = ["loss", "−log p(x)", "gap"].map((name) => {
    const output = element("output", { "aria-live": "off" });
    values.append(element("span", {}, `${name} `, output), " ");
    return output;
  });
  const guess = predict(kit, "Cut the map into 6 x 6 cells and shuffle them. The blue piece, −log p(x), will be…", {
    answers: ["shorter", "as long", "longer"],
  });

  // Places in the middle of the bitmap's pixels; rows go down.
  const axis = Array.from({ length: CLOUD }, (_, i) => ((2 * i + 1) / CLOUD - 1) * LIMIT);
  const inside = ({ mean, tril: [a, b, c] }, [z1, z2]) => {
    const e1 = (z1 - mean[0]) / a;
    return Math.hypot(e1, (z2 - mean[1] - b * e1) / c) < reach(0.95);
  };

  /** p(z|x) after the shuffle, at each pixel: the likelihood there, from the grid before, and the prior. */
  function cloud(state) {
    const { fine } = known;
    const index = (z) => Math.min(fine.n1 - 1, Math.max(0, Math.round((z - fine.from1) / fine.step)));
    const from = shuffled(state).mover(axis);
    const density = new Float64Array(CLOUD * CLOUD);
    axis.forEach((z1, i) => axis.forEach((z2, j) => {
      const [y1, y2] = from(i, j);
      density[i * CLOUD + j] = Math.exp(logPrior(z1, z2) + fine.values[index(y1) * fine.n2 + index(y2)]);
    }));
    const peak = density.reduce((most, value) => Math.max(most, value), 0);
    return bitmap(CLOUD, CLOUD, (c, r) => density[c * CLOUD + CLOUD - 1 - r] / peak, 16);
  }

  /** Where the pieces of the ellipse that holds 95 % have gone: filled, with an edge. */
  function heap(state, q) {
    const from = shuffled(state).mover(axis);
    const held = axis.map((_, i) => axis.map((__, j) => inside(q, from(i, j))));
    return bitmap(CLOUD, CLOUD, (c, r) => {
      const j = CLOUD - 1 - r;
      if (!held[c][j]) return 0;
      return held[c - 1]?.[j] && held[c + 1]?.[j] && held[c][j - 1] && held[c][j + 1] ? 0.12 : 1;
    });
  }

  /** Each cell in parts, about as wide as high, and in each what the shuffled decoder makes of its middle. */
  function atlas(state) {
    const shuffle = shuffled(state);
    const edges = [-LIMIT, ...shuffle.borders(), LIMIT];
    const ink = new Float32Array(ATLAS * ATLAS);
    const pixel = (z) => ((z / LIMIT + 1) * ATLAS) / 2;
    for (let cell = 0; cell < state.k ** 2; cell++) {
      const from = [edges[Math.floor(cell / state.k)], edges[cell % state.k]];
      const wide = [edges[Math.floor(cell / state.k) + 1] - from[0], edges[(cell % state.k) + 1] - from[1]];
      const parts = wide.map((width) => Math.max(1, Math.round(width / Math.min(PICTURE, ...wide))));
      const unit = Math.round((0.84 * pixel(Math.min(...wide.map((width, l) => width / parts[l])) - LIMIT)) / 8);
      for (let part = 0; part < parts[0] * parts[1]; part++) {
        const at = [Math.floor(part / parts[1]), part % parts[1]];
        const middle = from.map((edge, l) => edge + ((at[l] + 0.5) / parts[l]) * wide[l]);
        const values = forward(decoder, shuffle.move(middle)).map(sigmoid);
        const [left, top] = [pixel(middle[0]), ATLAS - pixel(middle[1])].map((place) => Math.max(0, Math.round(place - 4 * unit)));
        for (let y = 0; y < 8 * unit; y++) {
          for (let x = 0; x < 8 * unit; x++) ink[(top + y) * ATLAS + left + x] = values[8 * Math.floor(y / unit) + Math.floor(x / unit)];
        }
      }
    }
    return bitmap(ATLAS, ATLAS, (c, r) => ink[r * ATLAS + c], 16);
  }

  let shown = {};
  const once = (name, key, paint) => {
    if (shown[name] !== key) paint();
    shown = { ...shown, [name]: key };
  };

  function paint(state) {
    const x = images[state.digit];
    const now = truth(state.digit);
    const shuffle = shuffled(state);
    const inPieces = state.q === "pieces";
    const found = measure(decoder, x, now, shuffle, inPieces);
    const gap = Math.max(0, found.gap);
    const q = moved(now.q, shuffle);
    const draw = inPieces ? (e) => shuffle.back(codeAt(now.q, e)) : (e) => codeAt(q, e);
    const order = `${state.k} ${state.seed}`;

    once("atlas", order, () => (state.k === 1 ? field.paintAtlas(decoder) : field.showAtlas(atlas(state))));
    once("cloud", `${order} ${state.digit}`, () => {
      field.showCloud(cloud(state));
      pieces.show(heap(state, now.q), { x: -LIMIT, y: -LIMIT, width: 2 * LIMIT, height: 2 * LIMIT });
    });
    field.showIsland(true, false);
    change(borders, { d: shuffle.borders().map((z) => `M${z.toFixed(3)} ${-LIMIT}V${LIMIT}M${-LIMIT} ${(-z).toFixed(3)}H${LIMIT}`).join("") });
    change(pieces.element, { visibility: inPieces ? "visible" : "hidden" });
    for (const part of [halo, ring]) {
      part.paint(q);
      change(part.element, { visibility: inPieces ? "hidden" : "visible" });
    }
    change(dots, { d: NOISE.slice(0, SHOWN).map(draw).map(([z1, z2]) => `M${z1.toFixed(2)} ${(-z2).toFixed(2)}h0`).join("") });
    change(centre, { cx: q.mean[0], cy: -q.mean[1] });
    const decode = (z) => forward(decoder, shuffle.move(z)).map(sigmoid);
    pair.paint([x, decode(q.mean)]);
    drawn.paint(NOISE.slice(0, DECODED).map((e) => decode(draw(e))));

    const error = found.error >= 0.005 ? ` ± ${number(found.error, 2)}` : "";
    costs.paint({
      from: 0, to: AXIS, step: 10, marks: [],
      pieces: [{ kind: "lb-piece-p", start: 0, end: found.surprise }, { kind: "lb-piece-gap", start: found.surprise, end: found.loss }],
      labels: [
        { kind: "lb-label-p", at: Math.min(found.surprise, AXIS), text: `−log p(x) ${number(found.surprise, 1)}`, side: "lb-before" },
        { kind: "lb-label-gap", at: Math.min(found.surprise, 0.75 * AXIS), text: `gap ${gapText(gap)}${error}` },
      ],
      end: { at: Math.min(found.loss, AXIS), text: `loss ${number(found.loss, 1)}${found.loss > AXIS ? " →" : ""}`, inside: found.loss > 0.75 * AXIS },
    });
    const numbers = { "loss": number(found.loss, 1), "-log p(x)": number(found.surprise, 1), "gap": gapText(gap), "standard error": number(found.error, 2) };
    write(outputs[0], numbers.loss);
    write(outputs[1], numbers["-log p(x)"]);
    write(outputs[2], `${numbers.gap}${error}`);
    const meaning = `−log p(x) ${numbers["-log p(x)"]}, gap ${numbers.gap}`;
    cells.paint(meaning, `${state.k} x ${state.k}`);
    shape.paint();
    guess.paint(state.k > 1, {
      right: 1,
      because: "The same pictures are drawn as often as before, only from other places. What climbs is the gap of one ellipse. Now let q have any shape.",
    });
    kit.say(`${state.k} by ${state.k} cells, ${inPieces ? "q in pieces" : "one ellipse"}: ${meaning}, loss ${numbers.loss}`);
    return numbers;
  }

  const controls = element("div", { class: "lb-live" }, cells.element, shape.element);
  const stage = element("div", { class: "lb-stage lb-inspect" },
    guess.element,
    element("div", { class: "lb-costs" }, costs.element),
    field.element,
    element("div", { class: "lb-draw" }, pair.element),
    element("div", { class: "lb-side" }, drawn.element),
    element("div", { class: "lb-readings" }, values, controls, buttons, element("div", { class: "lb-tools lb-live" }, ...kit.tools())));
  return { stage, paint };
}

function python({ digit, k, seed, q }) {
  const start = `loss = -elbo(vae, q, x).item()
surprise = -Grid(vae, points=72, limit=5).log_evidence(x).item()  # no shuffle changes it
`;
  const print = `print(f"loss = {loss:.1f}")
print(f"-log p(x) = {surprise:.1f}")
gap = max(0.0, loss - surprise)
print(f"gap = {gap:.2f}" if gap < 9.995 else f"gap = {gap:.1f}")
print(f"standard error = {error:.2f}")
`;
  if (q === "pieces") {
    return `from lowerbound import Grid, digits, elbo, trained_digits

vae, x = trained_digits(), digits().held_out[[${digit}]]
q = vae.encode(x)  # moved along piece by piece, it has the same loss
${start}error = 0.0
${print}`;
  }
  return `from math import sqrt

from torch import arange, float64, stack, tensor
from torch.special import ndtr, ndtri

from lowerbound import DiagonalNormal, Grid, digits, elbo, kl_each, trained_digits

k = ${k}
order = tensor([${[...orderOf({ k, seed })].join(", ")}])


def shuffle(z, order):
    """Move each of K x K cells, which hold equal shares of the prior, to a new place."""
    u = k * ndtr(z)
    cell = u.long()
    new = order[cell[..., 0] * k + cell[..., 1]]
    return ndtri((stack([new // k, new % k], -1) + u - cell) / k)


vae, x = trained_digits(), digits().held_out[[${digit}]]
q = vae.encode(x)
${start}
# One ellipse, moved to where its middle went. At the same noise, evenly spread, its draws cost more by
g = 1.324717957244746
steps = tensor([1 / g, 1 / g**2], dtype=float64)
noise = ndtri((0.5 + arange(1, ${DRAWS + 1})[:, None] * steps) % 1)[:, None]
moved = DiagonalNormal(shuffle(q.mean, order.argsort()), q.log_std)
was = vae.log_likelihood(x, q.at(noise))
worse = was - vae.log_likelihood(x, shuffle(moved.at(noise), order))
loss += (worse.mean() + kl_each(moved, vae.prior) - kl_each(q, vae.prior)).item()
error = worse.std().item() / sqrt(len(worse))
${print}`;
}

export const start = instrument({ schema, load, build, python });
