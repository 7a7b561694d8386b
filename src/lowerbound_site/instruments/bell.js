// One number of a code: the encoder's bell against the prior's, and the KL between them in its three pieces.

import { bell } from "./controls/bell.js";
import { change, element, svg } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { Bars } from "./draw/bars.js";
import { Curves } from "./draw/curves.js";
import { number, texts } from "./draw/format.js";
import { Strip } from "./draw/strip.js";
import { prints } from "./draw/python.js";
import { logNormal } from "./maths/normal-fit.js";

export const schema = {
  "mu": { "from": -2.5, "to": 2.5, "step": 0.01, "start": -2.47 },
  "sigma": { "from": 0.2, "to": 1.5, "step": 0.01, "start": 0.33 }
};

const AROUND = 0.1; // so near to 0 a middle costs nothing that can be seen
const NOTHING = 0.01; // nats

export function measure({ mu, sigma }) {
  const pieces = { "mu^2 / 2": mu ** 2 / 2, "(sigma^2 - 1) / 2": (sigma ** 2 - 1) / 2, "-log sigma": -Math.log(sigma) };
  return { ...pieces, KL: Object.values(pieces).reduce((sum, piece) => sum + piece) };
}

function build(kit) {
  const curves = new Curves("the prior's bell, N(0, 1), filled, and the encoder's, dashed", { reach: 4, scale: 78 });
  const hands = bell(kit, curves);
  const prior = svg("text", { "font-size": 14, "font-weight": 600, "text-anchor": "middle", fill: "var(--lb-p)" }, "prior");
  curves.element.append(prior);
  const slot = (text) => svg("text", { "font-size": 13 }, text);
  const strip = new Strip([slot("μ² / 2"), slot("(σ² − 1) / 2"), slot("−log σ")], 1, 30);
  const bar = new Bars(["their sum, the KL to the prior"], { scale: 66 });
  const question = predict(kit, "For which of the encoder’s bells is the KL 0?", {
    answers: ["every narrow one", "every one with its middle at 0", "only one"],
    right: 2,
    todo: "Now drag “μ” to 0, and see.",
  });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sided" },
      element("div", { class: "lb-column" },
        question.element,
        element("div", { class: "lb-live lb-after" }, ...kit.tools())),
      element("div", { class: "lb-picture" }, curves.element, strip.element, element("div", { style: "max-width: 18.6rem; margin: 0.8rem 0 0 0.5rem" }, bar.element)),
    ),
    paint(state) {
      const shown = measure(state);
      const log = (z) => logNormal(z, state.mu, state.sigma);
      curves.paint({ log: (z) => logNormal(z, 0, 1), colour: "var(--lb-p)" }, { log, colour: "var(--lb-q)" });
      hands.paint(state);
      change(prior, { x: curves.across(Math.abs(state.mu) < 1 && state.mu > 0 ? -1.6 : 1.6), y: 138 });
      const pieces = Object.values(shown).slice(0, 3);
      strip.paint(pieces.map((piece) => [piece]), ["var(--lb-q)"], ["how far from 0", "how wide", "how narrow"]);
      bar.paint([[shown.KL]], [["var(--lb-q)"]]);
      // Whoever has a bell around 0 sees it: it costs nothing if it is as wide as the prior, and something if it isn't.
      question.paint(Math.abs(state.mu) <= AROUND, {
        right: 2,
        because: shown.KL < NOTHING
          ? "Your bell was the prior itself, or nearly, and every piece nearly 0. Another middle costs, and so does another width."
          : `Your bell around 0 was ${number(state.sigma, 2)} wide, and paid ${number(shown.KL, 2)}. Only the prior itself, around 0 and 1 wide, pays nothing.`,
      });
      kit.say(`KL ${number(shown.KL, 3)}`);
      return texts(shown, 3);
    },
  };
}

export const python = (state) => `\
from math import log

import torch
from torch.distributions import Normal, kl_divergence

mu, sigma = ${state.mu}, ${state.sigma}
bell, prior = (Normal(*torch.tensor(pair, dtype=torch.float64)) for pair in ([mu, sigma], [0.0, 1.0]))
${prints(measure(state), {
  "mu^2 / 2": "mu**2 / 2",
  "(sigma^2 - 1) / 2": "(sigma**2 - 1) / 2",
  "-log sigma": "-log(sigma)",
  "KL": "kl_divergence(bell, prior)",
})}`;

export const start = instrument({ schema, build, python });
