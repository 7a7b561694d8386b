// A model and an encoder that stay as they are, and data that are changed: each image keeps its gap, whatever the data.

import { Border } from "./controls/border.js";
import { change, drawing, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { bar } from "./draw/bar.js";
import { number, probability, texts } from "./draw/format.js";
import { literal } from "./draw/python.js";
import { fromModel, kl, klEach, marginalX, mean, thirds, zGivenX } from "./maths/joint.js";
import { DECODER, ENCODER, IMAGES, PRIOR, pixels } from "./maths/primer.js";

// The data begin as the model makes its images.
export const schema = {
  "first": { "from": 0, "to": 1, "step": 0.01, "start": 0.4 },
  "second": { "from": 0, "to": 1, "step": 0.01, "start": 0.7 }
};

const MODEL = fromModel(PRIOR, DECODER);
const GAPS = klEach(ENCODER, zGivenX(MODEL)); // for each image
const AXIS = 1.5; // nats
const ZEROS = 0.9; // of the data, before the question is judged

// The drawing, in units: images of 24 in two rows, above the data's what each image's gap is.
const [WIDE, CELL, INSET] = [384, 24, 24];
const HIGH = 2 * CELL;
const [NAT, FLOOR] = [190, 104];
const DATA_TOP = FLOOR + 4;
const MODEL_TOP = DATA_TOP + HIGH + 66;
const [LEAST, LEAST_SHARE] = [26, 70]; // wide enough for a number, and for one beside the hands

const data = ({ first, second }) => thirds(first, second);

export const measure = (state) => ({ "KL(q(x)||p(x))": kl(data(state), marginalX(MODEL)), gap: mean(data(state), GAPS) });

/** A strip full of images, each kind as wide as its share, and below it the shares. */
function strip(family, title, top) {
  const parts = IMAGES.map((image) => {
    const id = `other-data-${family}-${image}`;
    const ink = pixels(image).map((on, d) => (on ? `M${d % 8} ${d >> 3}h1` : "")).join("");
    const tile = svg("pattern", { id, width: CELL, height: CELL, patternUnits: "userSpaceOnUse" },
      svg("path", { d: ink, stroke: `var(--lb-${family})`, transform: "translate(2 3) scale(2.5)" }));
    return { tile, area: svg("rect", { y: 0, height: HIGH, fill: `url(#${id})`, stroke: `var(--lb-${family})` }), share: svg("text", { y: HIGH + 18, "text-anchor": "middle", "font-size": 14 }) };
  });
  const named = svg("text", { y: HIGH + 38, "font-size": 14, "font-weight": 600, fill: `var(--lb-${family})` }, title);
  return {
    element: svg("g", { transform: `translate(${INSET} ${top})` }, ...parts.flatMap(({ tile, area, share }) => [tile, area, share]), named),
    paint(prob) {
      let from = 0;
      parts.forEach(({ area, share }, x) => {
        const wide = prob[x] * WIDE;
        change(area, { x: from, width: wide });
        change(share, { x: from + wide / 2, visibility: wide > LEAST_SHARE ? "visible" : "hidden" });
        write(share, probability(prob[x]));
        from += wide;
      });
    },
  };
}

/** On each image of the data a block as high as its gap: their areas together are the average gap. */
function blocks() {
  const parts = GAPS.map((gap) => {
    const high = NAT * gap;
    return {
      block: svg("rect", { y: FLOOR - high, height: high, fill: "var(--lb-gap)" }),
      height: svg("text", { y: FLOOR - high - 5, "text-anchor": "middle", "font-size": 14, fill: "var(--lb-gap)" }, number(gap, 2)),
    };
  });
  return {
    element: svg("g", { transform: `translate(${INSET} 0)` }, ...parts.flatMap(({ block, height }) => [block, height])),
    paint(prob) {
      let from = 0;
      parts.forEach(({ block, height }, x) => {
        const wide = prob[x] * WIDE;
        change(block, { x: from, width: wide });
        change(height, { x: from + wide / 2, visibility: wide > LEAST ? "visible" : "hidden" });
        from += wide;
      });
    },
  };
}

function build(kit) {
  const [now, model, gaps] = [strip("data", "the data", DATA_TOP), strip("p", "what the model makes", MODEL_TOP), blocks()];
  model.paint(marginalX(MODEL));
  const borders = ["first", "second"].map((key) => new Border(kit, key, `${key} border of the data`, { mute: true }));
  now.element.append(...borders.map((border) => border.element));
  const title = "The data and what the model makes, each as a strip of images, and on the data's images how large the gap of each is";
  const drawn = drawing(WIDE + 2 * INSET, MODEL_TOP + HIGH + 46, { role: "group", "aria-label": title },
    svg("text", { x: INSET, y: 12, "font-size": 14, "font-weight": 600, fill: "var(--lb-gap)" }, "each image’s gap"), gaps.element, now.element, model.element);
  const [images, gap] = [bar("lb-loss"), bar("lb-loss")];
  const started = measure({ first: schema.first.start, second: schema.second.start });
  const question = predict(kit, "At first the data were just what the model makes. Now let them be zeros alone, and leave both networks as they are. Over half of the model’s images are then wrong. What does the average gap do?", {
    answers: ["grow", "stay as it is", "shrink"],
    todo: "Now drag the borders of the green strip until it is full of zeros.",
  });
  return {
    stage: element("div", { class: "lb-stage lb-scene lb-sided", style: "--picture: 20rem" },
      element("div", { class: "lb-column" }, question.element),
      element("div", { class: "lb-picture" }, drawn, element("div", { class: "lb-tools lb-live" }, ...kit.tools())),
      element("div", { class: "lb-rest" }, images.element, gap.element)),
    paint(state) {
      const q = data(state);
      now.paint(q);
      gaps.paint(q);
      for (const border of borders) border.paint({ along: "x", from: 0, to: WIDE, span: [-4, HIGH + 14], at: 1 });
      const shown = measure(state);
      const [far, average] = Object.values(shown);
      const show = (place, kind, value, name) => place.paint({
        from: 0, to: AXIS, step: 0.5, marks: [],
        pieces: [{ kind: `lb-piece-${kind}`, start: 0, end: value }],
        labels: [{ kind: `lb-label-${kind}`, at: 0, text: name }],
        end: { at: value, text: number(value, 2) },
      });
      show(images, "p", far, "the data against the model’s images");
      show(gap, "gap", average, "average gap");
      question.paint(q[0] >= ZEROS, {
        right: 2,
        because: `It goes from ${number(started.gap, 2)} nats to ${number(GAPS[0], 2)} with zeros alone, because zeros are what this encoder answers best. Each image kept its gap: how often the model makes that image does not count.`,
      });
      kit.say(`images ${number(far, 2)}, gap ${number(average, 2)}`);
      return texts(shown, 3);
    },
  };
}

export const python = (state) => `\
from lowerbound import Joint, kl

p = Joint.from_model(${literal(PRIOR)}, ${literal(DECODER)})
q = Joint.from_data(${literal(data(state))}, ${literal(ENCODER)})
print(f"KL(q(x)||p(x)) = {kl(q.x, p.x):z.3f}")
print(f"gap = {kl(q.z_given_x, p.z_given_x):z.3f}")
`;

export const start = instrument({ schema, build, python });
