// Codes of one image, drawn one by one from an encoder: how many have which weight, and the two averages over them.

import { choice } from "./controls/choice.js";
import { loadDecoder, loadEncoder, loadImages } from "./controls/data.js";
import { change, drawing, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { keeping } from "./controls/kept.js";
import { predict } from "./controls/predict.js";
import { usable } from "./controls/usable.js";
import { number, texts } from "./draw/format.js";
import { pixels } from "./draw/pixels.js";
import { normals, prints } from "./draw/python.js";
import { runningLogMean, weigh } from "./maths/cuts.js";
import { sum } from "./maths/joint.js";
import { TOO_SURE, upright } from "./maths/normal.js";
import { sigmoid } from "./maths/numbers.js";
import { noise } from "./maths/random.js";
import { Grid, encode, forward } from "./maths/vae.js";

export const schema = {
  "model": { "of": ["two", "four"], "start": "two" },
  "codes": { "from": 1, "to": 1000, "step": 1, "start": 1 },
  "draws": { "from": 0, "to": 20, "step": 1, "start": 0 }
};

const DIGIT = 0; // held out: the first
const TIMES = { two: TOO_SURE, four: 1 }; // by how much the encoder's widths were made too small
const ENOUGH = 200; // codes, before the question is judged

export const load = async () => {
  const [decoder, encoder, images] = await Promise.all([loadDecoder(), loadEncoder(), loadImages()]);
  const x = images[DIGIT];
  const { mean: [m1, m2], tril: [a, , c] } = encode(encoder, x);
  const once = keeping();
  /** A thousand codes of a model's encoder, their log weights, and the log of the average after each. */
  const drawn = ({ model, draws }) => once("drawn", `${model} ${draws}`, () => {
    const q = upright(m1, m2, a / TIMES[model], c / TIMES[model]);
    const codes = weigh(decoder, x, q, noise(schema.codes.to, draws, 0));
    const logs = codes.map(({ logWeight }) => logWeight);
    return { codes, logs, bounds: runningLogMean(logs) };
  });
  return { decoder, x, drawn, exact: new Grid(decoder).posterior(x).logEvidence };
};

export function measure(state, { drawn, exact }) {
  const { codes } = state;
  const { logs, bounds } = drawn(state);
  const seen = logs.slice(0, codes);
  return { "log weight of this code": seen.at(-1), "average of the logs": sum(seen) / codes, "log of the average": bounds[codes - 1], "log p(x)": exact };
}

/** The share of all weight that the heaviest tenth of the codes has. */
export function heaviest(logs) {
  const peak = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - peak)).sort((a, b) => b - a);
  return sum(weights.slice(0, Math.ceil(logs.length / 10))) / sum(weights);
}

const [LEFT, NATS, BIN] = [-7, 11, 0.125]; // the axis: from where, how much, and how much a column, in nats
const [WIDTH, TOP, FLOOR, HEAP, DEEP] = [350, 44, 118, 66, 62];
const across = (nats) => 10 + ((WIDTH - 20) * Math.min(NATS, Math.max(0, nats - LEFT))) / NATS;
const column = (nats) => Math.round(Math.min(NATS, Math.max(0, nats - LEFT)) / BIN);

/** Above the axis, how many codes have which weight; below it, how much of all the weight they have. */
class Heap {
  constructor() {
    const line = (colour, width = 2, dash = "none") => svg("path", { stroke: colour, "stroke-width": width, "stroke-dasharray": dash });
    const name = (text, colour, y) => svg("text", { y, fill: colour }, text);
    this.lines = [ // each name in a row of its own, above where the lines begin: none is struck out; the first is seen beside what lies on it
      { path: line("var(--lb-p)", 5), label: name("log p(x)", "var(--lb-p)", 10) },
      { path: line("var(--lb-ink)"), label: name("log of the average", "var(--lb-ink)", 24) },
      { path: line("var(--lb-muted)", 2, "5 3"), label: name("average of the logs", "var(--lb-muted)", 38) },
    ];
    const columns = (colour) => svg("path", { stroke: colour, "stroke-width": 3.4, fill: "none" });
    [this.codes, this.shares] = [columns("var(--lb-q)"), columns("var(--lb-ink)")];
    this.shares.setAttribute("stroke-opacity", 0.45);
    this.last = svg("circle", { r: 4.5, fill: "var(--lb-q)", stroke: "var(--lb-paper)" });
    const ticks = [-6, -4, -2, 0, 2].map((nats) => svg("text", { x: across(nats), y: FLOOR + DEEP + 18, "text-anchor": "middle" }, `${number(nats, 0)}${nats === 2 ? " nats" : ""}`));
    this.element = drawing(WIDTH, FLOOR + DEEP + 22, { role: "img", width: "100%" },
      svg("path", { d: `M10 ${FLOOR}H${WIDTH - 10}`, stroke: "var(--lb-rule-strong)" }), ...ticks,
      svg("text", { x: WIDTH - 10, y: FLOOR - 24, "text-anchor": "end" }, "codes"),
      svg("text", { x: WIDTH - 10, y: FLOOR + 32, "text-anchor": "end" }, "weight"),
      this.shares, this.codes, ...this.lines.flatMap(({ path, label }) => [path, label]), this.last);
  }

  /** Log weights, and where the three lines stand; all counted from log p(x). */
  paint(logs, places) {
    const counts = new Map();
    const weights = new Map();
    for (const log of logs) {
      const at = column(log);
      counts.set(at, (counts.get(at) ?? 0) + 1);
      weights.set(at, (weights.get(at) ?? 0) + Math.exp(log));
    }
    const unit = Math.min(5, HEAP / Math.max(...counts.values()));
    const whole = sum([...weights.values()]);
    const place = (at) => across(LEFT + at * BIN).toFixed(1);
    const bars = (map, height) => [...map].map(([at, value]) => `M${place(at)} ${FLOOR}v${height(value).toFixed(2)}`).join("");
    change(this.codes, { d: bars(counts, (count) => -unit * count) });
    change(this.shares, { d: bars(weights, (weight) => (DEEP * weight) / whole) });
    const newest = column(logs.at(-1));
    change(this.last, { cx: place(newest), cy: FLOOR - unit * counts.get(newest) });
    this.lines.forEach(({ path, label }, n) => {
      const x = across(places[n]);
      change(path, { d: `M${x.toFixed(1)} ${TOP}V${FLOOR + DEEP}` });
      change(label, { x, "text-anchor": "middle" });
    });
  }

  name(text) {
    change(this.element, { "aria-label": text });
  }
}

function build(kit, data) {
  const { decoder, x, drawn, exact } = data;
  const models = choice(kit, "model", "codes from the encoder of", { two: "model two", four: "model four" });
  const question = predict(kit, `Draw ${ENOUGH} codes or more of model two. Which of its two averages will end up nearer to log p(x)?`, {
    answers: ["the average of the logs", "the log of the average", "they stay together"],
  });
  const more = (text, n) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", () => kit.set({ codes: kit.state.codes + n }, true));
    return made;
  };
  const buttons = [more("Draw a code", 1), more("Ten more", 10), more("A hundred more", 100)];
  const anew = element("button", { type: "button" }, "Begin anew");
  anew.addEventListener("click", () => kit.go({ codes: 1, draws: (kit.state.draws + 1) % (schema.draws.to + 1) }));
  const heap = new Heap();
  const target = pixels("var(--lb-data)");
  const decoded = pixels("var(--lb-q)");
  const said = element("p", { class: "lb-legend" });
  const pictures = element("div", { style: "display: grid; grid-template-columns: repeat(2, 5.4rem); gap: 1rem; align-content: end" }, target.element, decoded.element);
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      question.element,
      models.element,
      element("div", { class: "lb-live" }, ...buttons, anew),
      element("div", { class: "lb-beside" }, element("div", { style: "flex: 1 1 18rem; max-width: 26rem" }, heap.element), pictures),
      said,
      element("div", { class: "lb-live" }, ...kit.tools()),
    ),
    paint(state) {
      const found = measure(state, data);
      const { codes, logs } = drawn(state);
      const seen = logs.slice(0, state.codes);
      const [, elbo, bound] = Object.values(found);
      heap.paint(seen.map((log) => log - exact), [0, bound - exact, elbo - exact]);
      target.paint(x, "the image <i>x</i>");
      decoded.paint(forward(decoder, codes[state.codes - 1].z).map(sigmoid), "this code, decoded");
      const count = state.codes === 1 ? "1 code" : `${state.codes} codes`;
      const tenth = state.codes < 10 ? "" : ` The heaviest tenth of them has ${number(100 * heaviest(seen), 0)} % of all weight.`;
      const words = `${count}: average of the logs ${number(elbo, 2)}, log of the average ${number(bound, 2)}, log p(x) ${number(exact, 2)}.${tenth}`;
      write(said, words);
      heap.name(words);
      models.paint();
      for (const one of buttons) usable(one, state.codes < schema.codes.to);
      question.paint(state.model === "two" && state.codes >= ENOUGH, {
        right: 1, // for each of the draws that there are
        because: `After ${state.codes} codes of model two it was ${number(bound - elbo, 1)} nats higher: a code with a large weight lifts the average, and hardly the average log. And it was still ${number(exact - bound, 1)} nats below log p(x). Compare model four.`,
      }, state.model === "two" ? "Now press “A hundred more” until it is judged." : "Now choose “model two”: the question is about it.");
      kit.say(words);
      return texts(found, 2);
    },
  };
}

export const python = ({ model, codes, draws }) => `\
from math import log

from torch import float64, tensor

from lowerbound import DiagonalNormal, Grid, digits, trained_digits


${normals(draws)}

vae = trained_digits()
x = digits().held_out[[${DIGIT}]]
given = vae.encode(x)
q = DiagonalNormal(given.mean, given.log_std - log(${TIMES[model]}))

z = q.at(normals(${codes}, 0))
log_weight = (vae.log_joint(x, z) - q.log_prob(z))[:, 0]
${prints({}, {
  "log weight of this code": "log_weight[-1].item()",
  "average of the logs": "log_weight.mean().item()",
  "log of the average": `log_weight.logsumexp(0).item() - log(${codes})`,
  "log p(x)": "Grid(vae).log_evidence(x).item()",
}, 2)}`;

export const start = instrument({ schema, load, build, python });
