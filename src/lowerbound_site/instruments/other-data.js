// Two networks that agree, and data that are exchanged: the gap stays at 0, and the images are ever further from the data.

import { Border } from "./controls/border.js";
import { drawing, element } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { Bars } from "./draw/bars.js";
import { Cut, HIGH, INSET, WIDE } from "./draw/cut.js";
import { number, probability, texts } from "./draw/format.js";
import { joints, prints } from "./draw/python.js";
import { thirds } from "./maths/borders.js";
import { DECODER, PRIOR } from "./maths/primer.js";
import { fromData, fromModel, klEach, marginalX, parts, zGivenX } from "./maths/table.js";

// The data begin as the model makes its images.
export const schema = {
  "first": { "from": 0, "to": 1, "step": 0.01, "start": 0.4 },
  "second": { "from": 0, "to": 1, "step": 0.01, "start": 0.7 }
};

const MODEL = fromModel(PRIOR, DECODER);
const EXACT = zGivenX(MODEL); // the encoder that answers as this model does
const ENOUGH = 0.1; // nats that the images are away from the data, before the question is judged

const data = ({ first, second }) => thirds(first, second);

export function measure(state) {
  const { images, gap, joint } = parts(fromData(data(state), EXACT), MODEL);
  return { "KL(q(x)||p(x))": images, gap, "KL(q(x,z)||p(x,z))": joint };
}

function build(kit) {
  const [model, now] = [new Cut("p", "p", 0), new Cut("data", "q", HIGH + 8)];
  model.paint(marginalX(MODEL));
  const borders = ["first", "second"].map((key) => new Border(kit, key, `${key} border of the data`, { mute: true }));
  now.box.append(...borders.map((border) => border.element));
  const title = "p(x), the model, and q(x), the data";
  const cuts = drawing(WIDE + 2 * INSET, 2 * HIGH + 40, { role: "group", "aria-label": title }, model.element, now.element);
  const bars = new Bars(["", ""], { scale: 200, decimals: 2 });
  const question = predict(kit, "The encoder answers exactly as the model does, so the gap is 0. Exchange the data, the green bar, and touch neither network. What will the gap do?", {
    answers: ["grow", "stay at 0", "grow for some data"],
    right: 1,
    because: "It is 0 for each image, however often that image comes. What grows is the blue bar: how far the model’s images are from the data.",
  });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      question.element,
      element("p", { class: "lb-do lb-live" }, "Drag the borders of the green bar."),
      element("div", { class: "lb-beside" }, cuts, bars.element),
      element("div", { class: "lb-live" }, ...kit.tools()),
    ),
    paint(state) {
      const q = data(state);
      now.paint(q);
      for (const border of borders) border.paint({ along: "x", from: 0, to: WIDE, span: [0, HIGH + 6], at: 1 });
      const { images, gap } = parts(fromData(q, EXACT), MODEL);
      const each = klEach(EXACT, zGivenX(MODEL));
      const sum = q.map((share, x) => `${probability(share)} · ${number(each[x], 2)}`).join(" + ");
      bars.paint([[images], [gap]], [["var(--lb-p)"], ["var(--lb-gap)"]], ["images, KL(q(x)‖p(x))", `gap, ${sum}`]);
      question.paint(images > ENOUGH, undefined, "Now drag the borders of the green bar, far from those of the blue one.");
      kit.say(`images ${number(images, 2)}, gap ${number(gap, 2)}`);
      return texts(measure(state), 3);
    },
  };
}

export const python = (state) => `\
from lowerbound import Joint, kl

${joints({ prior: PRIOR, decoder: DECODER, data: data(state), encoder: EXACT })}\
${prints(measure(state), {
  "KL(q(x)||p(x))": "kl(q.x, p.x)",
  "gap": "kl(q.z_given_x, p.z_given_x)",
  "KL(q(x,z)||p(x,z))": "kl(q, p)",
})}`;

export const start = instrument({ schema, build, python });
