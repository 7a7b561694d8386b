// One number of a code as a bell: the narrower, the higher, for its area stays 1. So a height is a density, and can exceed 1.

import { bell } from "./controls/bell.js";
import { element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { Curves } from "./draw/curves.js";
import { number, texts } from "./draw/format.js";
import { prints } from "./draw/python.js";
import { logNormal } from "./maths/normal-fit.js";

export const schema = {
  "mu": { "from": -2.5, "to": 2.5, "step": 0.01, "start": -1 },
  "sigma": { "from": 0.2, "to": 1.5, "step": 0.01, "start": 0.5 }
};

const HALF = schema.sigma.start / 2;
const NEAR = 0.06; // of the half

export const measure = ({ mu, sigma }) => ({ height: Math.exp(logNormal(mu, mu, sigma)) });

function build(kit) {
  const curves = new Curves("the encoder's bell, dashed, filled within one sigma of mu", { reach: 4, scale: 78 });
  const hands = bell(kit, curves);
  const level = svg("path", { d: `M0 ${curves.up(1)}H${curves.across(4)}`, stroke: "var(--lb-rule-strong)", "stroke-dasharray": "2 4" });
  const name = svg("text", { x: 4, y: curves.up(1) - 5, fill: "var(--lb-muted)" }, "height 1");
  curves.element.prepend(level, name);
  const question = predict(kit, `This bell is ${number(schema.sigma.start, 1)} wide, and its top is at ${number(measure({ mu: 0, sigma: schema.sigma.start }).height, 1)}. Make it half as wide. How high is it then?`, {
    answers: ["half as high", "as high as before", "twice as high"],
    right: 2,
  });
  const said = element("output", { "aria-live": "off" });
  return {
    stage: element("div", { class: "lb-stage lb-scene lb-sided" },
      element("div", { class: "lb-column" },
        question.element,
        said,
        element("div", { class: "lb-live lb-after" }, ...kit.tools())),
      element("div", { class: "lb-picture" }, curves.element)),
    paint(state) {
      const log = (z) => logNormal(z, state.mu, state.sigma);
      const within = (z) => (Math.abs(z - state.mu) <= state.sigma ? log(z) : -Infinity);
      curves.paint({ log: within, colour: "var(--lb-q)" }, { log, colour: "var(--lb-q)" });
      hands.paint(state);
      const shown = measure(state);
      const told = `μ ${number(state.mu, 2)}, σ ${number(state.sigma, 2)}: the top is ${number(shown.height, 2)} high. Shaded: 68 % of the draws.`;
      write(said, told);
      question.paint(Math.abs(state.sigma - HALF) <= NEAR, {
        right: 2,
        because: "The area under the bell is always 1: half as wide, twice as high. It is higher than 1 now, so a height is no probability. An area is.",
      }, `Now drag “σ” to ${number(HALF, 2)}.`);
      kit.say(told);
      return texts(shown, 3);
    },
  };
}

export const python = (state) => `\
import torch
from torch.distributions import Normal

mu, sigma = torch.tensor([${state.mu}, ${state.sigma}], dtype=torch.float64)
${prints(measure(state), { "height": "Normal(mu, sigma).log_prob(mu).exp()" })}`;

export const start = instrument({ schema, build, python });
