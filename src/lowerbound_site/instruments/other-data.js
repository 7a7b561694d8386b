// Two networks that agree, and data that are changed: the gap stays at 0, and the images can be far from the data.

import { Border } from "./controls/border.js";
import { drawing, element, svg } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { bar } from "./draw/bar.js";
import { Cut, HIGH, INSET, WIDE } from "./draw/cut.js";
import { number, texts } from "./draw/format.js";
import { fromModel, kl, klEach, marginalX, mean, thirds, zGivenX } from "./maths/joint.js";
import { DECODER, IMAGES, PRIOR } from "./maths/primer.js";

// The data begin as the model makes its images.
export const schema = {
  "first": { "from": 0, "to": 1, "step": 0.01, "start": 0.4 },
  "second": { "from": 0, "to": 1, "step": 0.01, "start": 0.7 }
};

const MODEL = fromModel(PRIOR, DECODER);
const TRUE = zGivenX(MODEL);
const ENCODER = TRUE; // it answers as this model does
const GAPS = klEach(ENCODER, TRUE); // for each image
const AXIS = 1.5; // nats
const ENOUGH = 0.1; // nats that the images are away from the data, before the question is judged

const data = ({ first, second }) => thirds(first, second);

export const measure = (state) => ({ "KL(q(x)||p(x))": kl(data(state), marginalX(MODEL)), gap: mean(data(state), GAPS) });

function build(kit) {
  const [model, now] = [["p", "p", 0], ["data", "q", HIGH + 8]].map((of) => new Cut(...of, IMAGES.map((image) => svg("text", { x: 8, y: 13, "text-anchor": "middle" }, image))));
  model.paint(marginalX(MODEL));
  const borders = ["first", "second"].map((key) => new Border(kit, key, `${key} border of the data`, { mute: true }));
  now.box.append(...borders.map((border) => border.element));
  const title = "p(x), the model, and q(x), the data";
  const cuts = drawing(WIDE + 2 * INSET, 2 * HIGH + 40, { role: "group", "aria-label": title }, model.element, now.element);
  const [images, gap] = [bar("lb-loss"), bar("lb-loss")];
  const question = predict(kit, "The encoder answers exactly as the model does, so the gap is 0. Change the data, the green bar, and leave both networks as they are. What will the gap do?", {
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
      element("div", { class: "lb-beside" }, cuts, element("div", {}, images.element, gap.element)),
      element("div", { class: "lb-live" }, ...kit.tools()),
    ),
    paint(state) {
      const q = data(state);
      now.paint(q);
      for (const border of borders) border.paint({ along: "x", from: 0, to: WIDE, span: [0, HIGH + 6], at: 1 });
      const shown = measure(state);
      const [far, off] = Object.values(shown);
      const show = (place, kind, value, name) => place.paint({
        from: 0, to: AXIS, step: 0.5, marks: [],
        pieces: [{ kind: `lb-piece-${kind}`, start: 0, end: value }],
        labels: [{ kind: `lb-label-${kind}`, at: 0, text: name }],
        end: { at: value, text: number(value, 2) },
      });
      show(images, "p", far, "images: the model’s against the data");
      show(gap, "gap", off, `gap of each image: ${[...new Set(GAPS.map((one) => number(one, 2)))].join(", ")}`);
      question.paint(far > ENOUGH, undefined, "Now drag the borders of the green bar, far from those of the blue one.");
      kit.say(`images ${number(far, 2)}, gap ${number(off, 2)}`);
      return texts(shown, 3);
    },
  };
}

const literal = (numbers) => JSON.stringify(numbers).replaceAll(",", ", ");

export const python = (state) => `\
from lowerbound import Joint, kl

p = Joint.from_model(${literal(PRIOR)}, ${literal(DECODER)})
q = Joint.from_data(${literal(data(state))}, p.z_given_x.prob)
print(f"KL(q(x)||p(x)) = {kl(q.x, p.x):z.3f}")
print(f"gap = {kl(q.z_given_x, p.z_given_x):z.3f}")
`;

export const start = instrument({ schema, build, python });
