// Latent space in pieces: the same cells in another order. log p(x) cannot tell, one ellipse can.

import { loadAnswers } from "./controls/answers.js";
import { choice } from "./controls/choice.js";
import { loadDecoder, loadImages } from "./controls/data.js";
import { change, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { keeping } from "./controls/kept.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { usable } from "./controls/usable.js";
import { bar } from "./draw/bar.js";
import { bitmap, tinted } from "./draw/bitmap.js";
import { digits } from "./draw/digits.js";
import { decimalsOf, estimate, number } from "./draw/format.js";
import { outline, plane } from "./draw/plane.js";
import { literal } from "./draw/python.js";
import { STYLE } from "./draw/shuffle-style.js";
import { tags } from "./draw/tags.js";
import { differences, weigh } from "./maths/cuts.js";
import { average, codeAt, steadyNoise } from "./maths/draws.js";
import { refine } from "./maths/levels.js";
import { LOG_2PI, klToPrior } from "./maths/normal.js";
import { sigmoid } from "./maths/numbers.js";
import { after, bestFound, extent, gathered, masses, piece } from "./maths/pieces.js";
import { Random } from "./maths/random.js";
import { Shuffle, moved, priceOfDraws } from "./maths/shuffle.js";
import { Grid, forward, logLikelihoods, loss } from "./maths/vae.js";

export const schema = {
  "digit": { "from": 0, "to": 359, "step": 1, "start": 134 },
  "k": { "from": 1, "to": 12, "step": 1, "start": 1 },
  "seed": { "from": 0, "to": 99, "step": 1, "start": 0 },
  "q": { "of": ["ellipse", "best", "pieces"], "start": "ellipse" }
};

const LIMIT = 3.5;
const AXIS = 60; // nats
const PICTURE = 1.05; // how wide the place of a picture of the atlas is at most
const CLOUD = 140; // pixels a side of what is drawn of the densities
const ATLAS = [240, 360]; // pixels a side of the pictures on the map; more where they are small
const SMALL = 6; // cells a side, from there on
const ASKED = 4; // cells a side, in the question
const CUT = 0.5; // nats that the gap grows at least where the island was cut
const DRAWS = 512;
const SHOWN = 24; // draws on the plane
const DECODED = 6; // and beside it
const SEARCHED = 256; // draws with which the best ellipse is looked for; what is shown of it comes from the others
const LABELLED = 6; // pieces at most
const LEAST = 0.05; // of the posterior, that a piece is labelled
const [NOISE, OTHERS] = [steadyNoise(DRAWS), steadyNoise(DRAWS + SEARCHED).slice(DRAWS)];

const load = async () => {
  const [decoder, answers, images] = await Promise.all([loadDecoder(), loadAnswers(), loadImages()]);
  return { images, known: knowing(decoder, answers, images) };
};

/** log p(z), but for a constant. */
const logPrior = (z1, z2) => -0.5 * (z1 * z1 + z2 * z2);

/** The order of k x k cells that a seed gives: the first in which no cell stays where it was. One cell has no other. */
function orderOf({ k, seed }) {
  const random = new Random(seed, k);
  let order;
  do order = random.permutation(k * k);
  while (k > 1 && order.some((to, from) => to === from));
  return order;
}

/** What a map is of; and what is worked out of one digit on it. */
const mapOf = ({ k, seed }) => `${k} ${seed}`;
const keyOf = (state) => `${mapOf(state)} ${state.digit}`;

/** What is worked out once: of a digit, of a shuffle, and of the two together. */
function knowing(decoder, answers, images) {
  const once = keeping();
  const shuffle = (state) => once("shuffle", mapOf(state), () => new Shuffle(state.k, orderOf(state)));
  const gridOnce = () => once("grid", "", () => new Grid(decoder));

  /** Before anything is shuffled. The fields go on between the grid's points: for the drawing, the pieces and the search. */
  const digit = (state) => once("digit", state.digit, () => {
    const x = images[state.digit];
    const grid = gridOnce();
    const q = answers[state.digit];
    const { logEvidence, logMass } = grid.posterior(x);
    const { points, spacing, limit } = grid;
    const joint = logMass.map((mass) => mass + logEvidence - grid.logCell + LOG_2PI);
    const values = joint.map((value, g) => value - logPrior(grid.axis[Math.floor(g / points)], grid.axis[g % points]));
    const likelihood = refine({ values, n1: points, n2: points, from1: -limit, from2: -limit, step: spacing }, 4);
    const { n2, from1, from2, step } = likelihood;
    const place = (g) => [from1 + Math.floor(g / n2) * step, from2 + (g % n2) * step];
    const density = { ...likelihood, values: likelihood.values.map((value, g) => Math.exp(value + logEvidence + logPrior(...place(g)))) };
    const draws = logLikelihoods(decoder, x, Float64Array.from(NOISE.flatMap((e) => codeAt(q, e))));
    return { x, q, surprise: -logEvidence, loss: loss(decoder, x, q), likelihood, density, draws };
  });

  /** The heaviest pieces of the posterior, each with its cell, its mass and where it lies. */
  const heaviest = (state) => once("heaviest", keyOf(state), () => {
    const { density } = digit(state);
    const held = masses(density, shuffle(state));
    const cells = Array.from(held.keys()).sort((a, b) => held[b] - held[a]).filter((cell) => held[cell] >= LEAST);
    return cells.slice(0, LABELLED).map((cell) => ({ cell, mass: held[cell], box: extent(piece(density, shuffle(state), cell)) }));
  });

  /** The best ellipse found, from the two heaviest pieces, and from the moved one. */
  const best = (state) => once("best", keyOf(state), () => {
    const { q, likelihood, density } = digit(state);
    const pieces = heaviest(state).slice(0, 2).map(({ cell }) => gathered(piece(density, shuffle(state), cell)));
    return bestFound(after(likelihood, shuffle(state)), [...pieces, moved(q, shuffle(state))], OTHERS, new Random(0));
  });

  const ellipse = (state) => (state.q === "best" ? best(state) : moved(digit(state).q, shuffle(state)));
  const known = { decoder, digit, shuffle, heaviest, best, ellipse, measured: (state) => once("measured", `${keyOf(state)} ${state.q}`, () => measure(known, state)) };
  return known;
}

/** The numbers shown. */
function measure(known, state) {
  const { decoder } = known;
  const { x, q, loss: start, surprise, draws } = known.digit(state);
  const shuffle = known.shuffle(state);
  // Whatever is moved along piece by piece meets the same pictures with the same probabilities.
  if (state.q === "pieces") return { loss: start, surprise, gap: start - surprise, error: 0 };
  if (state.q === "best") {
    const drawn = weigh(decoder, x, known.best(state), NOISE, (z) => shuffle.move(z));
    const { mean, error } = average(differences(drawn, -surprise));
    return { loss: surprise + mean, surprise, gap: mean, error };
  }
  const { mean, error } = priceOfDraws(decoder, x, q, shuffle, NOISE, draws);
  const ends = start - klToPrior(q) + klToPrior(moved(q, shuffle)) + mean;
  return { loss: ends, surprise, gap: ends - surprise, error };
}

function build(kit, { images, known }) {
  const field = plane("shuffle", LIMIT);
  const pieces = tinted("shuffle-pieces", "var(--lb-q)");
  const halo = outline("lb-halo", 0.95);
  const ring = outline("lb-q-95", 0.95);
  const dots = svg("path", { class: "lb-line", stroke: "var(--lb-q)", "stroke-width": 2.4, "stroke-linecap": "round" });
  const borders = svg("path", { class: "lb-line", stroke: "var(--lb-rule-strong)" });
  const centre = svg("circle", { class: "lb-q-dot", r: 0.06 });
  const shares = tags(field.element, LIMIT, "lb-mass", LABELLED);
  field.element.style.cursor = "default"; // nothing on it is dragged
  field.marks.append(borders, pieces.element, halo.element, ring.element, dots, centre);
  const costs = bar("lb-loss");
  const given = digits("shuffle-x", "var(--lb-data)", 1, "<i>x</i>");
  const middle = digits("shuffle-middle", "var(--lb-ink)", 1, "q’s middle, decoded");
  const drawn = digits("shuffle-drawn", "var(--lb-ink)", 3, "six draws from q, decoded");

  const cells = axisSlider(kit, "k", "cells a side", { small: 1, large: 2, page: 3 });
  const shape = choice(kit, "q", "q is", {
    ellipse: "one ellipse, moved along",
    best: "the best ellipse found",
    pieces: "any shape, cut and moved along",
  });
  const anyShape = shape.element.querySelector("[value=pieces]");
  let foreseen = false;
  kit.atReset(() => (foreseen = false));
  const button = (text, press) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", press);
    return made;
  };
  const legend = element("p", { class: "lb-legend lb-notes" }, "Numbers on the map: how much of the blue lies in a cell.");
  const inOrder = button("Put back in order", () => kit.go({ k: 1 }));
  const cut = element("div", { class: "lb-buttons lb-live lb-order" },
    button("Shuffle", () => kit.go(kit.state.k === 1 ? { k: ASKED } : { seed: (kit.state.seed + 1) % 100 })), inOrder);
  const first = predict(kit, "Blue are the places that could have made x, orange is q, your encoder’s answer. Shuffle the map. What will the loss do?", {
    answers: ["−log p(x) grows", "the gap grows", "both grow"],
    todo: "Now press “Shuffle”, and see.",
    right: 1,
    because: "The same pictures are made as often as before, only from other places, so −log p(x) stays. But blue lies in pieces now, and q is still one ellipse.",
  });
  const guess = predict(kit, "Now let q have any shape, and move along with the cells, piece by piece. The gap will be…", {
    answers: ["as large as now", "about half", "as small as before"],
    right: 2,
    because: "Each piece of q lies on its piece of blue, as it did before.",
  });

  // Places in the middle of the bitmap's pixels; rows go down.
  const axis = Array.from({ length: CLOUD }, (_, i) => ((2 * i + 1) / CLOUD - 1) * LIMIT);

  /** A density after the shuffle, at each pixel: the prior's there, times e to what `f` gives for the place before. */
  function carried(state, f) {
    const from = known.shuffle(state).mover(axis);
    const density = new Float64Array(CLOUD * CLOUD);
    axis.forEach((z1, i) => axis.forEach((z2, j) => (density[(CLOUD - 1 - j) * CLOUD + i] = Math.exp(logPrior(z1, z2) + f(from(i, j))))));
    return density;
  }

  /** p(z|x): the likelihood is taken from the grid before. */
  function cloud(state) {
    const { likelihood: fine } = known.digit(state);
    const index = (z) => Math.min(fine.n1 - 1, Math.max(0, Math.round((z - fine.from1) / fine.step)));
    const density = carried(state, ([y1, y2]) => fine.values[index(y1) * fine.n2 + index(y2)]);
    const peak = density.reduce((most, value) => Math.max(most, value), 0);
    return bitmap(CLOUD, CLOUD, density.map((value) => value / peak), 10);
  }

  /** The densest places that hold 95 % of q in pieces: filled, with an edge. Within a cell q keeps its ratio to the prior. */
  function heap(state, { mean, tril: [a, b, c] }) {
    const density = carried(state, ([y1, y2]) => {
      const e1 = (y1 - mean[0]) / a;
      return logPrior(e1, (y2 - mean[1] - b * e1) / c) - logPrior(y1, y2);
    });
    let left = 0.95 * density.reduce((sum, value) => sum + value);
    const least = density.toSorted().findLast((value) => (left -= value) < 0);
    const held = (n) => density[n] >= least;
    return bitmap(CLOUD, CLOUD, density.map((_, n) => (!held(n) ? 0 : [1, -1, CLOUD, -CLOUD].every((step) => held(n + step)) ? 0.12 : 1)));
  }

  /** Each cell in parts, at most about twice as long as wide, and in each what the shuffled decoder makes of its middle. */
  function atlas(state) {
    const shuffle = known.shuffle(state);
    const { decoder } = known;
    const edges = [-LIMIT, ...shuffle.borders(), LIMIT];
    const side = ATLAS[Number(state.k >= SMALL)];
    const pixel = (z) => ((z / LIMIT + 1) * side) / 2;
    const [middles, units] = [[], []];
    for (let cell = 0; cell < state.k ** 2; cell++) {
      const from = [edges[Math.floor(cell / state.k)], edges[cell % state.k]];
      const wide = [edges[Math.floor(cell / state.k) + 1] - from[0], edges[(cell % state.k) + 1] - from[1]];
      const parts = wide.map((width) => Math.max(1, Math.round(width / Math.min(PICTURE, 2 * Math.min(...wide)))));
      const unit = Math.round((0.84 * pixel(Math.min(...wide.map((width, l) => width / parts[l])) - LIMIT)) / 8);
      for (let part = 0; part < parts[0] * parts[1]; part++) {
        const at = [Math.floor(part / parts[1]), part % parts[1]];
        middles.push(from.map((edge, l) => edge + ((at[l] + 0.5) / parts[l]) * wide[l]));
        units.push(unit);
      }
    }
    // All at once: one code by itself would take four times as long (product.js).
    const codes = Float64Array.from(middles.flatMap((middle) => shuffle.move(middle)));
    const logits = forward(decoder, codes, new Float64Array(64 * middles.length), middles.length);
    const ink = new Float32Array(side * side);
    middles.forEach((middle, n) => {
      const unit = units[n];
      const [left, top] = [pixel(middle[0]), side - pixel(middle[1])].map((place) => Math.max(0, Math.round(place - 4 * unit)));
      for (let d = 0; d < 64; d++) {
        const value = sigmoid(logits[64 * n + d]);
        const corner = (top + (d >> 3) * unit) * side + left + (d % 8) * unit;
        for (let y = 0; y < unit; y++) for (let x = 0; x < unit; x++) ink[corner + y * side + x] = value;
      }
    });
    return bitmap(side, side, ink, 3); // faint, and heavy in the recorded picture
  }

  let seen = {}; // the gaps so far with this shuffle, by what q is
  const drawnOnce = keeping();
  const shown = {};
  /** Shows a bitmap of a name unless it is the one that is shown. */
  const put = (name, key, draw, show) => {
    if (shown[name] !== key) show(drawnOnce(name, key, draw));
    shown[name] = key;
  };

  function paint(state) {
    const now = known.digit(state);
    const { x } = now;
    const shuffle = known.shuffle(state);
    const { decoder } = known;
    const inPieces = state.q === "pieces";
    const found = known.measured(state);
    const gap = estimate(Math.max(0, found.gap), found.error);
    const [briefly] = gap.split(" ±"); // it has no more digits than are sure
    const q = known.ellipse(state);
    const draw = inPieces ? (e) => shuffle.back(codeAt(now.q, e)) : (e) => codeAt(q, e);
    const key = keyOf(state);
    put("atlas", mapOf(state), () => atlas(state), (url) => field.showAtlas(url));
    put("cloud", key, () => cloud(state), (url) => field.showCloud(url));
    if (inPieces) put("heap", key, () => heap(state, now.q), (url) => pieces.show(url, { x: -LIMIT, y: -LIMIT, width: 2 * LIMIT, height: 2 * LIMIT }));
    put("shares", key, () => (state.k > 1 ? known.heaviest(state) : []), (heaviest) => {
      shares.paint(heaviest.map(({ mass, box }) => ({ text: number(mass, 2), box })));
      seen = {};
    });
    seen[state.q] = `gap ${briefly}`;
    field.showIsland(true, false);
    change(borders, { d: shuffle.borders().map((z) => `M${z.toFixed(3)} ${-LIMIT}V${LIMIT}M${-LIMIT} ${(-z).toFixed(3)}H${LIMIT}`).join("") });
    change(pieces.element, { visibility: inPieces ? "visible" : "hidden" });
    for (const part of [halo, ring]) {
      part.paint(q);
      change(part.element, { visibility: inPieces ? "hidden" : "visible" });
    }
    change(dots, { d: NOISE.slice(0, SHOWN).map(draw).map(([z1, z2]) => `M${z1.toFixed(2)} ${(-z2).toFixed(2)}h0`).join("") });
    change(centre, { cx: q.mean[0], cy: -q.mean[1] });
    const seven = drawnOnce("seven", `${key} ${state.q}`, () => {
      const codes = [q.mean, ...NOISE.slice(0, DECODED).map(draw)];
      const logits = forward(decoder, Float64Array.from(codes.flatMap((z) => shuffle.move(z))), new Float64Array(64 * codes.length), codes.length);
      const [first, ...rest] = codes.map((_, n) => logits.subarray(64 * n, 64 * n + 64).map(sigmoid));
      return { x: [x], first: [first], rest };
    });
    given.paint(seven.x);
    middle.paint(seven.first);
    drawn.paint(seven.rest);

    const numbers = { loss: number(found.loss, Math.min(1, decimalsOf(found.error || 0.1))), "-log p(x)": number(found.surprise, 1), gap };
    usable(inOrder, state.k !== 1);
    legend.style.visibility = state.k === 1 ? "hidden" : "";
    costs.paint({
      from: 0, to: AXIS, step: 10, marks: [],
      pieces: [{ kind: "lb-piece-p", start: 0, end: found.surprise }, { kind: "lb-piece-gap", start: found.surprise, end: found.loss }],
      labels: [
        { kind: "lb-label-p", at: Math.min(found.surprise, AXIS), text: `−log p(x) ${number(found.surprise, 1)}`, side: "lb-before" },
        { kind: "lb-label-gap", at: Math.min(found.surprise, 0.75 * AXIS), text: `gap ${briefly}` },
      ],
      end: { at: Math.min(found.loss, AXIS), text: `loss ${numbers.loss}${found.loss > AXIS ? " →" : ""}`, inside: found.loss > 0.75 * AXIS },
    });
    const meaning = `−log p(x) ${numbers["-log p(x)"]}, gap ${briefly}`;
    cells.paint(meaning, state.k > 1 ? `${state.k} × ${state.k}` : "not cut");
    const shuffled = state.k > 1 && !inPieces;
    const whole = shuffled && first.answered() && !first.judged() && found.gap < known.measured({ ...state, k: 1, q: "ellipse" }).gap + CUT;
    if (whole) first.paint(false, undefined, "Here the gap hardly grew. Press “Shuffle” again.");
    else first.paint(shuffled, undefined, inPieces ? "Now choose “one ellipse, moved along”." : undefined);
    // It is asked before it can be seen; whoever has seen it already is not asked.
    const open = first.judged() && !guess.answered();
    foreseen ||= !guess.answered() && inPieces && state.k > 1;
    anyShape.disabled = open && !foreseen;
    shape.paint(anyShape.disabled ? { ...seen, pieces: "after your answer" } : seen);
    guess.element.hidden = !first.judged() || foreseen;
    guess.paint(inPieces && state.k > 1, undefined, "Now choose “any shape”, and see.");
    for (const asked of [first, guess]) asked.element.classList.toggle("lb-done", asked.judged());
    kit.say(`${state.k} by ${state.k} cells, ${{ ellipse: "one ellipse", best: "the best ellipse found", pieces: "q in pieces" }[state.q]}: ${meaning}, loss ${numbers.loss}`);
    return numbers;
  }

  const stage = element("div", { class: "lb-stage lb-inspect lb-shuffled" },
    element("style", {}, STYLE),
    element("div", { class: "lb-asked lb-live" }, first.element, guess.element),
    element("div", { class: "lb-costs" }, costs.element),
    cut,
    field.element,
    element("div", { class: "lb-draw" }, given.element, middle.element),
    element("div", { class: "lb-side" }, drawn.element),
    element("div", { class: "lb-readings" }, element("div", { class: "lb-live" }, cells.element), element("div", { class: "lb-live" }, shape.element)),
    legend,
    element("div", { class: "lb-tools lb-live" }, button("Another digit", () => kit.go({ digit: (kit.state.digit + 47) % images.length })), " ", ...kit.tools()));
  return { stage, paint };
}

function python(state, { known }) {
  const { digit, k, q } = state;
  const start = `loss = -elbo(vae, q, x).item()
surprise = -Grid(vae, points=72, limit=5).log_evidence(x).item()  # no shuffle changes it
`;
  const print = `gap = max(0.0, loss - surprise)
digits_of_error = max(0, min(2, -int(f"{error:.0e}".split("e")[1])))
print(f"loss = {loss:.{min(1, digits_of_error)}f}")
print(f"-log p(x) = {surprise:.1f}")
if error < 0.005:
    print(f"gap = {gap:.2f}" if gap < 9.995 else f"gap = {gap:.1f}")
else:
    print(f"gap = {gap:.{digits_of_error}f} ± {error:.{digits_of_error}f}")
`;
  const cut = `
k = ${k}
order = tensor([${[...orderOf(state)].join(", ")}])


def shuffle(z, order):
    """Move each of K x K cells, which hold equal shares of the prior, to a new place."""
    u = k * ndtr(z)
    cell = u.long()
    new = order[cell[..., 0] * k + cell[..., 1]]
    return ndtri((stack([new // k, new % k], -1) + u - cell) / k)

`;
  if (q === "pieces") {
    return `from lowerbound import Grid, digits, elbo, trained_digits

vae, x = trained_digits(), digits().held_out[[${digit}]]
q = vae.encode(x)  # moved along piece by piece, it has the same loss
${start}gap = max(0.0, loss - surprise)
print(f"loss = {loss:.1f}")
print(f"-log p(x) = {surprise:.1f}")
print(f"gap = {gap:.2f}" if gap < 9.995 else f"gap = {gap:.1f}")
`;
  }
  const best = q === "best";
  const { mean, tril: [a, b, c] } = known.ellipse(state);
  const cost = best
    ? `surprise = -Grid(vae, points=72, limit=5).log_evidence(x).item()  # no shuffle changes it

# The best ellipse found on the page: it costs, as an average over its draws at evenly spread noise,
mean = tensor([${literal(mean)}], dtype=float64)
q = FullNormal(mean, tensor([[[${a}, 0.0], [${b}, ${c}]]], dtype=float64))
z = q.at(noise)
costs = q.log_prob(z) - vae.prior.log_prob(z) - vae.log_likelihood(x, shuffle(z, order))
loss = costs.mean().item()
error = costs.std().item() / sqrt(len(costs))
`
    : `q = vae.encode(x)
${start}
# One ellipse, moved to where its middle went. At the same noise, evenly spread, its draws cost more by
moved = DiagonalNormal(shuffle(q.mean, order.argsort()), q.log_std)
was = vae.log_likelihood(x, q.at(noise))
worse = was - vae.log_likelihood(x, shuffle(moved.at(noise), order))
loss += (worse.mean() + kl_each(moved, vae.prior) - kl_each(q, vae.prior)).item()
error = worse.std().item() / sqrt(len(worse))
`;
  return `from math import sqrt

from torch import arange, float64, stack, tensor
from torch.special import ndtr, ndtri

from lowerbound import ${best ? "FullNormal, Grid, digits, trained_digits" : "DiagonalNormal, Grid, digits, elbo, kl_each, trained_digits"}
${cut}
vae, x = trained_digits(), digits().held_out[[${digit}]]
g = 1.324717957244746
steps = tensor([1 / g, 1 / g**2], dtype=float64)
noise = ndtri((0.5 + arange(1, ${DRAWS + 1})[:, None] * steps) % 1)[:, None]
${cost}${print}`;
}

export const start = instrument({ schema, load, build, python });
