// Which way round? One normal is fitted to two humps, by the least KL. Who is fitted decides what it does.

import { Border } from "./controls/border.js";
import { choice } from "./controls/choice.js";
import { element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { BELOW, Curves } from "./draw/curves.js";
import { number, texts } from "./draw/format.js";
import { prints } from "./draw/python.js";
import { STYLE } from "./draw/trap-style.js";
import { cover, klFromHumps, klToHumps, logHumps, logNormal, pick } from "./maths/normal-fit.js";

export const schema = {
  "direction": { "of": ["qp", "pq"], "start": "qp" },
  "fitted": { "of": ["q", "p"], "start": "q" },
  "left": { "from": -4, "to": 4, "step": 0.05, "start": -2 },
  "right": { "from": -4, "to": 4, "step": 0.05, "start": 2 },
  "share": { "from": 0, "to": 1, "step": 0.01, "start": 0.6 }
};

const WIDTH = 0.7; // of each hump
const GLIDE = 700; // milliseconds

const humps = ({ left, right, share }) => ({ places: [left, right], share, width: WIDTH });
/** Whether the one that is fitted stands first in the KL: then it is the one that the average is taken over. */
const first = ({ direction, fitted }) => direction[0] === fitted;

function fit(state) {
  const target = humps(state);
  const bell = first(state) ? pick(target) : cover(target);
  return { ...bell, least: first(state) ? klToHumps(bell, target) : klFromHumps(target, bell) };
}

export function measure(state) {
  const { mean, width, least } = fit(state);
  return { mean, width, KL: least };
}

/** The bell curve goes to its other place before one's eyes when the KL is exchanged, and follows the humps at once. */
function gliding() {
  let shown;
  let kl;
  let frame = 0;
  return (goal, direction, draw) => {
    cancelAnimationFrame(frame);
    const from = kl && kl !== direction && !matchMedia("(prefers-reduced-motion: reduce)").matches ? shown : goal;
    kl = direction;
    const begun = performance.now();
    const move = (now) => {
      const t = from === goal ? 1 : Math.min(1, Math.max(0, (now - begun) / GLIDE));
      const part = (key) => from[key] + (1 - (1 - t) ** 3) * (goal[key] - from[key]);
      draw((shown = { mean: part("mean"), width: part("width") }));
      if (t < 1) frame = requestAnimationFrame(move);
    };
    move(begun);
  };
}

function build(kit) {
  const glide = gliding();
  const curves = new Curves("two humps, and the normal that is fitted to them");
  const places = ["left", "right"].map((key, i) => new Border(kit, key, `place of the ${i ? "second" : "first"} hump`, { steps: { small: 0.1, large: 0.5, page: 1 } }));
  curves.element.append(...places.map((place) => place.element));
  const direction = choice(kit, "direction", "the KL to make small", { qp: "KL(q‖p)", pq: "KL(p‖q)" });
  const fitted = choice(kit, "fitted", "call the bell curve", { q: "q, and the humps p", p: "p, and the humps q" });
  const share = axisSlider(kit, "share", "share of the first hump", { small: 0.01, large: 0.05, page: 0.1 });
  const code = element("code", {});
  const shown = element("output", { class: "lb-sums", "aria-live": "off" });
  const question = predict(kit, "Where KL(q‖p) is least, the bell curve q sits on one hump of p. Where is KL(p‖q) least?", {
    answers: ["on the other hump", "over both", "on the same hump"],
    right: 1,
    because: "KL(p‖q) averages over p. Where p is, q has to be; what lies between the humps costs little.",
  });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sided lb-trap" },
      element("style", {}, STYLE),
      element("div", { class: "lb-column" }, question.element, direction.element, shown, element("div", { class: "lb-live lb-after" }, ...kit.tools())),
      element("div", { class: "lb-picture" }, curves.element, element("pre", {}, code)),
      element("details", {}, element("summary", {}, "More to try: other humps, other names"), share.element, fitted.element),
    ),
    paint(state) {
      const target = humps(state);
      const { mean, width, least } = fit(state);
      const colour = (letter) => `var(--lb-${letter})`;
      const other = state.fitted === "q" ? "p" : "q";
      glide({ mean, width }, state.direction, (bell) =>
        curves.paint({ log: (z) => logHumps(z, target), colour: colour(other) }, { log: (z) => logNormal(z, bell.mean, bell.width), colour: colour(state.fitted) }));
      for (const place of places) place.paint({ along: "x", from: curves.across(-4), to: curves.across(4), span: BELOW });
      direction.paint();
      fitted.paint();
      share.paint();
      const kl = state.direction === "qp" ? "KL(q‖p)" : "KL(p‖q)";
      const [one, two] = state.direction;
      write(code, `z = ${one}.sample((1000,))\nkl = (${one}.log_prob(z) - ${two}.log_prob(z)).mean()`);
      const says = `best ${state.fitted}: mean ${number(mean, 2)}, width ${number(width, 2)}, ${kl} = ${number(least, 2)}`;
      write(shown, `${says}. ${state.fitted} stands ${first(state) ? "first: it must stay off the places where the other is not" : "second: it must be wherever the other is"}.`);
      const asked = ["left", "right", "share", "fitted"].every((key) => state[key] === schema[key].start); // elsewhere the answer can be another
      question.paint(asked && state.direction === "pq", undefined, asked ? "Now choose “KL(p‖q)”, and see." : "Press “Reset”: the question is about the humps as they were.");
      kit.say(says);
      return texts(measure(state), 2);
    },
  };
}

const SEARCH = `\
# Try many normals, then more of them around the best, and so on.
means, widths = torch.linspace(-5, 5, 101, dtype=torch.float64), torch.linspace(0.5, 6, 56, dtype=torch.float64)
for _ in range(9):
    values = kl(*torch.meshgrid(means, widths, indexing="ij"))
    m, w = divmod(int(values.round(decimals=12).argmin()), len(widths))
    mean, width, step = means[m], widths[w], means[1] - means[0]
    means, widths = (middle + step * torch.linspace(-1.5, 1.5, 31, dtype=torch.float64) for middle in (mean, width))
`;

const MATCH = `\
# A normal in second place is best with the mean and the variance of the first.
mean = share * left + (1 - share) * right
width = sqrt(${WIDTH}**2 + share * (1 - share) * (left - right) ** 2)
mean, width = torch.tensor(mean, dtype=torch.float64), torch.tensor(width, dtype=torch.float64)
`;

export const python = (state) => `\
from math import sqrt

import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal

left, right, share = ${state.left}, ${state.right}, ${state.share}
shares, places = (torch.tensor(pair, dtype=torch.float64) for pair in ([share, 1 - share], [left, right]))
z = torch.linspace(-12, 12, 481, dtype=torch.float64)
humps = MixtureSameFamily(Categorical(shares), Normal(places, ${WIDTH})).log_prob(z)


def kl(mean, width):
    bell = Normal(mean[..., None], width[..., None]).log_prob(z)
    first, second = ${first(state) ? "bell, humps" : "humps, bell"}
    return torch.trapezoid(first.exp() * (first - second), z)


${first(state) ? SEARCH : MATCH}
${prints(measure(state), { mean: "mean", width: "width", KL: "kl(mean, width)" }, 2)}`;

export const start = instrument({ schema, build, python });
