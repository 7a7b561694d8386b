// Other data for the same two networks: the model's images get further from the data, and the gap stays zero.

import { Border } from "./controls/border.js";
import { drawing, element } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { Bars } from "./draw/bars.js";
import { Cut, HIGH, INSET, WIDE, between } from "./draw/cut.js";
import { number, texts } from "./draw/format.js";
import { literal, prints } from "./draw/python.js";
import { DECODER, PRIOR } from "./maths/primer.js";
import { fromData, fromModel, marginalX, parts, zGivenX } from "./maths/table.js";

// Where the borders of q(x) are: it begins as the model makes the images.
export const schema = {
  "first": { "from": 0, "to": 1, "step": 0.01, "start": 0.4 },
  "second": { "from": 0, "to": 1, "step": 0.01, "start": 0.7 }
};

const FAR = 0.4; // nats: data that the model clearly does not fit
const P = fromModel(PRIOR, DECODER);
const ENCODER = zGivenX(P); // answers as this model does

export function measure(state) {
  const { images, gap } = parts(fromData(between(state), ENCODER), P);
  return { "KL(q(x)||p(x))": images, "gap": gap };
}

function build(kit) {
  const [p, q] = [new Cut("p", "p", 0), new Cut("data", "q", HIGH + 8)];
  p.paint(marginalX(P));
  const borders = ["first", "second"].map((key) => new Border(kit, key, `${key} border of q(x)`, { mute: true }));
  q.box.append(...borders.map((border) => border.element));
  const title = "p(x), how often the model makes each image, and q(x), how often the data have it";
  const cuts = drawing(WIDE + 2 * INSET, 2 * HIGH + 40, { role: "group", "aria-label": title }, p.element, q.element);
  const bars = new Bars(["how far the model’s images are from the data", "the gap, on average over the data"], { scale: 230, decimals: 2 });
  const question = predict(kit, "Both networks stay as they are. Drag the data’s two borders far from the model’s. The gap will…", {
    answers: ["grow, too", "grow, but less", "stay at 0"],
    right: 2,
    because: "It is zero for each of the three images, however often that image comes.",
  });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      question.element,
      element("p", { class: "lb-legend" }, "Upper bar, p: how often the model makes each image. Lower bar, q: how often the data have it."),
      element("div", { style: "display: flex; flex-wrap: wrap; gap: 0.6rem 2rem" }, ...[cuts, bars.element].map((part) => element("div", { style: `flex: 0 1 ${(WIDE + 2 * INSET) / 17}rem` }, part))),
      element("div", { class: "lb-live" }, ...kit.tools()),
    ),
    paint(state) {
      q.paint(between(state));
      for (const border of borders) border.paint({ along: "x", from: 0, to: WIDE, span: [0, HIGH + 20], at: 1 });
      const shown = measure(state);
      const { gap, "KL(q(x)||p(x))": images } = shown;
      bars.paint([[images], [gap]], [["var(--lb-p)"], ["var(--lb-gap)"]]);
      question.paint(images > FAR, undefined, "Now drag them: let the data be nearly one image only, and see.");
      kit.say(`KL of the images ${number(images, 2)}, gap ${number(gap, 2)}`);
      return texts(shown, 3);
    },
  };
}

export const python = (state) => `\
from lowerbound import Joint, kl

p = Joint.from_model(${literal(PRIOR)}, ${literal(DECODER)})
encoder = p.z_given_x.prob  # answers as this model does
q = Joint.from_data(${literal(between(state))}, encoder)
${prints(measure(state), {
  "KL(q(x)||p(x))": "kl(q.x, p.x)",
  "gap": "kl(q.z_given_x, p.z_given_x)",
})}`;

export const start = instrument({ schema, build, python });
