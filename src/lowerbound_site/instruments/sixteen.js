// Sixteen codes from the prior, and sixteen from the encoder: what each kind says about one image, again and again.

import { loadDecoder, loadEncoder, loadImages } from "./controls/data.js";
import { change, drawing, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { usable } from "./controls/usable.js";
import { digits } from "./draw/digits.js";
import { number, texts } from "./draw/format.js";
import { pixels } from "./draw/pixels.js";
import { normals, prints } from "./draw/python.js";
import { runningLogMean, weigh } from "./maths/cuts.js";
import { sum } from "./maths/joint.js";
import { upright } from "./maths/normal.js";
import { sigmoid } from "./maths/numbers.js";
import { noise } from "./maths/random.js";
import { Grid, PIXELS, encode, forward, reconstruction } from "./maths/vae.js";

export const schema = {
  "tries": { "from": 1, "to": 60, "step": 1, "start": 1 },
  "digit": { "from": 0, "to": 359, "step": 1, "start": 351 }
};

const CODES = 16;
const PRIOR = upright(0, 0, 1, 1);
const ENOUGH = 10; // tries, before the question is judged
const AXIS = 60; // nats

const load = async () => {
  const [decoder, encoder, images] = await Promise.all([loadDecoder(), loadEncoder(), loadImages()]);
  return { decoder, encoder, images };
};

/** What one try says: minus the log of an average, from the prior; and the average of minus the logs, from q. */
function tried(decoder, x, q, seed) {
  const rained = weigh(decoder, x, PRIOR, noise(CODES, seed, 0));
  const shot = weigh(decoder, x, q, noise(CODES, seed, 1));
  return {
    prior: -runningLogMean(rained.map(({ logLike }) => logLike)).at(-1),
    encoder: -sum(shot.map(({ logLike }) => logLike)) / CODES,
    codes: { prior: rained.map(({ z }) => z), encoder: shot.map(({ z }) => z) },
  };
}

export function measure({ tries, digit }, { decoder, encoder, images }) {
  const [x, q] = [images[digit], encode(encoder, images[digit])];
  const { prior, encoder: fromEncoder } = tried(decoder, x, q, tries);
  return {
    "-log p(x), this try": prior,
    "-log p(x), exact": -new Grid(decoder).posterior(x).logEvidence,
    "reconstruction cost, this try": fromEncoder,
    "reconstruction cost, exact": -reconstruction(decoder, x, q),
  };
}

/** The tries as dots over an axis of nats, the last one filled, and the exact number as a line. */
class Scatter {
  constructor(hue, title) {
    this.title = title;
    this.hue = hue;
    this.exact = svg("path", { stroke: "var(--lb-ink)", "stroke-width": 2 });
    this.dots = [];
    this.box = svg("g", {});
    const ticks = [0, 20, 40, AXIS].map((nats) => svg("text", { x: across(nats), y: 52, "text-anchor": nats === AXIS ? "end" : "middle" }, nats === AXIS ? `${nats} nats` : `${nats}`));
    this.element = drawing(340, 56, { role: "img", width: "100%" }, svg("path", { d: `M${across(0)} 36H${across(AXIS)}`, stroke: "var(--lb-rule-strong)" }), ...ticks, this.exact, this.box);
  }

  paint(exact, tries, said) {
    change(this.exact, { d: `M${across(exact)} 4V36` });
    tries.forEach((cost, n) => {
      this.dots[n] ??= svg("circle", { r: 5, stroke: this.hue });
      const last = n === tries.length - 1;
      change(this.dots[n], { cx: across(Math.min(cost, AXIS)), cy: 20 + ((n * 7) % 3 - 1) * 7, fill: last ? this.hue : "none", "stroke-opacity": last ? 1 : 0.6 });
      if (!this.dots[n].parentNode) this.box.append(this.dots[n]);
    });
    for (const dot of this.dots.slice(tries.length)) dot.remove();
    if (tries.length > 0) this.box.append(this.dots[tries.length - 1]); // above the others
    change(this.element, { "aria-label": `${this.title}: ${said}` });
  }
}
const across = (nats) => 10 + (nats / AXIS) * 320;

function build(kit, data) {
  const { decoder, encoder, images } = data;
  const grid = new Grid(decoder);
  const kept = new Map(); // by digit: what is exact, and every try so far
  const of = (digit) => {
    if (!kept.has(digit)) {
      const [x, q] = [images[digit], encode(encoder, images[digit])];
      kept.set(digit, { x, q, exact: { prior: -grid.posterior(x).logEvidence, encoder: -reconstruction(decoder, x, q) }, tries: [] });
    }
    return kept.get(digit);
  };
  const target = pixels("var(--lb-data)");
  const rows = {
    prior: { pictures: digits("lb-sixteen-prior", "var(--lb-p)", 8, "codes from the prior, decoded"), scatter: new Scatter("var(--lb-p)", "tries from the prior"), said: element("p", { class: "lb-legend" }), what: "−log p(x)" },
    encoder: { pictures: digits("lb-sixteen-encoder", "var(--lb-q)", 8, "codes from the encoder’s answer to <i>x</i>, decoded"), scatter: new Scatter("var(--lb-q)", "tries from the encoder"), said: element("p", { class: "lb-legend" }), what: "reconstruction cost" },
  };
  const question = predict(kit, "Each try takes sixteen new codes of each kind, and estimates one cost from each sixteen. Which estimate will be nearly the same in every try?", {
    answers: ["the blue one", "the orange one", "both", "neither"],
    right: 1,
    because: "Nearly all orange pictures are like x, so each code says about what the others say. Of the blue ones few are, and the estimate hangs on how many, and on how alike.",
  });
  const button = (text, press) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", press);
    return made;
  };
  const more = (n) => () => kit.set({ tries: kit.state.tries + n }, true);
  const buttons = [button("Sixteen other codes", more(1)), button("Ten more tries", more(10))];
  const another = button("Another image", () => kit.go({ digit: (kit.state.digit + 47) % images.length, tries: 1 }));
  const row = ({ pictures, scatter, said }) => element("div", { style: "flex: 1 1 14rem; max-width: 20rem" }, pictures.element, scatter.element, said);
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      question.element,
      element("div", { class: "lb-beside" }, element("div", { style: "flex: none; width: 5rem" }, target.element), row(rows.prior), row(rows.encoder)),
      element("div", { class: "lb-live" }, ...buttons, another), // right below the estimates
      element("div", { class: "lb-live" }, ...kit.tools()),
    ),
    paint(state) {
      const { x, q, exact, tries } = of(state.digit);
      while (tries.length < state.tries) tries.push(tried(decoder, x, q, tries.length + 1));
      const seen = tries.slice(0, state.tries);
      const last = seen.at(-1);
      target.paint(x, "the image <i>x</i>");
      for (const [kind, { pictures, scatter, said, what }] of Object.entries(rows)) {
        pictures.paint(last.codes[kind].map((z) => forward(decoder, z, new Float64Array(PIXELS)).map(sigmoid)));
        const words = `${what}: this try ${number(last[kind], 1)}, exact (line) ${number(exact[kind], 1)}`;
        scatter.paint(exact[kind], seen.map((one) => one[kind]), words);
        write(said, words);
      }
      for (const one of buttons) usable(one, state.tries < schema.tries.to);
      const asked = state.digit === schema.digit.start; // of some images blue hardly scatters
      question.paint(asked && state.tries >= ENOUGH, undefined, asked ? "Now press “Ten more tries”, and see." : "Press “Reset”: the question is about the first image.");
      kit.say(`try ${state.tries}: ${Object.values(rows).map(({ said }) => said.textContent).join("; ")}`);
      return texts({
        "-log p(x), this try": last.prior,
        "-log p(x), exact": exact.prior,
        "reconstruction cost, this try": last.encoder,
        "reconstruction cost, exact": exact.encoder,
      }, 2);
    },
  };
}

export const python = ({ tries, digit }, data) => `\
from math import log

from torch import float64, tensor

from lowerbound import Grid, digits, reconstruction, trained_digits


${normals(tries)}

vae = trained_digits()
x = digits().held_out[[${digit}]]
q = vae.encode(x)

prior = vae.log_likelihood(x, normals(${CODES}, 0)).logsumexp(0).item() - log(${CODES})
encoder = vae.log_likelihood(x, q.at(normals(${CODES}, 1))).mean().item()
${prints({}, {
  "-log p(x), this try": "-prior",
  "-log p(x), exact": "-Grid(vae, points=72, limit=5).log_evidence(x).item()",
  "reconstruction cost, this try": "-encoder",
  "reconstruction cost, exact": "-reconstruction(vae, q, x).item()",
}, 2)}`;

export const start = instrument({ schema, load, build, python });
