// Images alone: what q has against what p has, the log of their ratio, and its average under q, the KL.

import { Border } from "./controls/border.js";
import { drawing, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { Bars } from "./draw/bars.js";
import { Cut, HIGH, INSET, WIDE } from "./draw/cut.js";
import { number, signed, texts } from "./draw/format.js";
import { literal, prints } from "./draw/python.js";
import { picture } from "./draw/ink.js";
import { Strip } from "./draw/strip.js";
import { contribution, kl, thirds } from "./maths/joint.js";
import { DATA, IMAGES, pixels } from "./maths/primer.js";

export const schema = {
  "first": { "from": 0, "to": 1, "step": 0.01, "start": 0.4 },
  "second": { "from": 0, "to": 1, "step": 0.01, "start": 0.7 }
};

const model = ({ first, second }) => thirds(first, second);

export function measure(state) {
  const p = model(state);
  const pieces = IMAGES.map((image, x) => [`piece of ${image}`, contribution(DATA[x], p[x])]);
  return { ...Object.fromEntries(pieces), "KL(q||p)": kl(DATA, p) };
}

function build(kit) {
  const [q, p] = [["q", 0], ["p", HIGH + 8]].map(([name, top]) => new Cut(name, name, top, IMAGES.map((image) => picture(pixels(image), 16))));
  q.paint(DATA);
  const borders = ["first", "second"].map((key) => new Border(kit, key, `${key} border of p(x)`, { mute: true }));
  p.box.append(...borders.map((border) => border.element));
  const title = "q(x), the data, and p(x), the model";
  const cuts = drawing(WIDE + 2 * INSET, 2 * HIGH + 48, { role: "group", "aria-label": title }, q.element, p.element);
  const named = (image) => svg("g", {}, svg("g", { transform: "translate(0 -12)" }, picture(pixels(image), 14)), svg("text", { x: 19, "font-size": 12 }, image));
  const strip = new Strip(IMAGES.map(named), 1, 90, 140); // low, so that the hand and the sum are seen together
  // Its slots take the width of the bars above them, a third each.
  strip.element.setAttribute("style", `grid-template-columns: repeat(3, 1fr); margin-inline: ${(100 * INSET) / (WIDE + 2 * INSET)}%`);
  const bar = new Bars(["their sum, KL(q(x)‖p(x))"]);
  const question = predict(kit, "A slot is q · log(q/p): below 0 where p makes too many of an image, above 0 where too few. How small can you make the sum?", {
    answers: ["a number below 0", "exactly 0", "a number above 0"],
    right: 1,
    because: "At p = q every log is 0. Everywhere else what is above 0 outweighs what is below.",
  });
  const todo = element("p", { class: "lb-do lb-live" });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sided" },
      element("div", { class: "lb-column" },
        question.element,
        todo,
        bar.element,
        element("div", { class: "lb-live lb-after" }, ...kit.tools())),
      element("div", { class: "lb-picture", style: "max-width: 22rem" }, cuts, strip.element),
    ),
    paint(state) {
      const prob = model(state);
      p.paint(prob);
      for (const border of borders) border.paint({ along: "x", from: 0, to: WIDE, span: [0, HIGH + 6], at: 1 });
      const pieces = IMAGES.map((_, x) => contribution(DATA[x], prob[x]));
      const logs = IMAGES.map((_, x) => `log(q/p) ${signed(prob[x] > 0 ? Math.log(DATA[x] / prob[x]) : Infinity, 2)}`);
      strip.paint(pieces.map((piece) => [piece]), ["var(--lb-data)"], logs);
      const sum = kl(DATA, prob);
      bar.paint([[sum]], [["var(--lb-data)"]]);
      const reached = sum < 0.002;
      write(todo, reached ? "The sum is as small as it gets. Drag a border away again, and watch the slots."
        : Number.isFinite(sum) ? "Drag the borders of p, and make the sum small."
        : "An image that p never makes costs without end. Drag the border back.");
      const missing = Number.isFinite(sum) ? `Here it is ${number(sum, 3)}. Drag a border of p: can it get lower?` : "Here it is ∞. Drag a border of p: how low can it get?";
      question.paint(reached, undefined, missing);
      kit.say(`KL ${number(sum, 3)}`);
      return texts(measure(state), 3);
    },
  };
}

export const python = (state) => `\
from lowerbound import Distribution, kl

q, p = Distribution(${literal(DATA)}), Distribution(${literal(model(state))})
pieces = q.prob * (q.log_prob - p.log_prob)
${prints(measure(state), {
  "piece of zero": "pieces[0]",
  "piece of one": "pieces[1]",
  "piece of seven": "pieces[2]",
  "KL(q||p)": "kl(q, p)",
})}`;

export const start = instrument({ schema, build, python });
