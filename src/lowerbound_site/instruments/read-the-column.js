// The encoder turned round: choose a code, and read its column. q(x|z), and the blend of images that it weights.

import { choice } from "./controls/choice.js";
import { change, drawing, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { following } from "./controls/play.js";
import { predict } from "./controls/predict.js";
import { probability, texts } from "./draw/format.js";
import { picture } from "./draw/ink.js";
import { joints, prints } from "./draw/python.js";
import { SIDE, Square } from "./draw/square.js";
import { fromData, marginalZ, xGivenZ } from "./maths/joint.js";
import { blend, CODES, DATA, DECODER, ENCODER, IMAGES, pixels, PRIOR } from "./maths/primer.js";
import { cells } from "./maths/square.js";

export const schema = {
  "code": { "of": ["round", "straight"], "start": "round" },
  "cut": { "of": ["image", "code"], "start": "code" },
  "encoder": { "of": ["table", "ignores", "apart"], "start": "table" }
};

const ENCODERS = { table: ENCODER, ignores: [[0.7, 0.3], [0.7, 0.3], [0.7, 0.3]], apart: [[1, 0], [0, 1], [0, 1]] };
const joint = (state) => fromData(DATA, ENCODERS[state.encoder]);

export function measure(state) {
  const q = joint(state);
  const z = CODES.indexOf(state.code);
  const column = xGivenZ(q)[z];
  return { "q(z)": marginalZ(q)[z], ...Object.fromEntries(IMAGES.map((image, x) => [`q(${image}|z)`, column[x]])) };
}

const SIZE = 88;

function build(kit) {
  const square = new Square("q", "q(x, z)");
  const hits = CODES.map((code) => {
    const columns = IMAGES.map(() => svg("rect", { fill: "transparent" }));
    const group = svg("g", { style: "cursor: pointer" }, ...columns);
    group.addEventListener("click", () => kit.set({ code, cut: "code" }, true));
    return { columns, group };
  });
  square.box.append(...hits.map(({ group }) => group));
  const code = choice(kit, "code", "the code that came in", { round: "round", straight: "straight" });
  const cut = choice(kit, "cut", "cut the square", { image: "by image", code: "by code" });
  const encoder = choice(kit, "encoder", "encoder", { table: "as it was", ignores: "ignores the image", apart: "tells zeros apart" });
  const weights = IMAGES.map(() => svg("text", { x: 28, y: 74, "text-anchor": "middle" }));
  const sources = drawing(
    240,
    SIZE,
    {},
    ...IMAGES.map((image, x) => svg("g", { transform: `translate(${x * 82} 8)` }, picture(pixels(image), 56), weights[x])),
  );
  const dots = Array.from({ length: 64 }, (_, d) =>
    svg("rect", { x: (d % 8) * (SIZE / 8), y: Math.floor(d / 8) * (SIZE / 8), width: SIZE / 8 + 0.3, height: SIZE / 8 + 0.3 }),
  );
  const mixed = drawing(SIZE, SIZE, { role: "img", "aria-label": "the blend of the images", style: "outline: 1px solid var(--lb-rule-strong)" }, ...dots);
  const turned = following(kit, kit.state.cut === "code" ? 1 : 0);
  const question = predict(kit, "Half of the images are sevens, and so are most images behind a round code. A straight code comes in: from which image, most probably?", {
    answers: ["a zero", "a one", "a seven"],
    right: 1,
    because: "Of that straight column ones held 0.63, and sevens 0.32: most sevens were encoded as round.",
  });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      element("p", { class: "lb-do lb-live" }, "Click on a code, in the square or below, and read its column."),
      question.element,
      element("div", { class: "lb-beside" }, square.element, element("div", {}, code.element, cut.element, encoder.element)),
      element("div", { class: "lb-row" }, element("div", {}, element("p", {}, "q(x|z), which image?"), sources), element("div", {}, element("p", {}, "their blend, best for a decoder"), mixed)),
      element("div", { class: "lb-live" }, ...kit.tools()),
    ),
    paint(state) {
      const q = joint(state);
      const z = CODES.indexOf(state.code);
      const turn = turned(state.cut === "code" ? 1 : 0);
      square.paint(q, { turn, lit: IMAGES.map(() => CODES.map((_, j) => (j === z ? 2 : 0))) });
      cells(q, turn).forEach((row, x) =>
        row.forEach(({ left, top, width, height }, j) =>
          change(hits[j].columns[x], { x: left * SIDE, y: top * SIDE, width: width * SIDE, height: height * SIDE }),
        ),
      );
      const column = xGivenZ(q)[z];
      weights.forEach((text, x) => write(text, probability(column[x])));
      blend(column).forEach((ink, d) => change(dots[d], { "fill-opacity": ink.toFixed(3) }));
      code.paint();
      cut.paint();
      encoder.paint();
      question.paint(state.code === "straight" && state.encoder === "table", undefined, state.encoder === "table" ? "Now choose “straight”, and see." : "The question is about the encoder “as it was”: choose it.");
      kit.say(`given ${state.code}: ${IMAGES.map((image, x) => `${image} ${probability(column[x])}`).join(", ")}`);
      return texts(measure(state), 3);
    },
  };
}

export const python = (state) => `\
from lowerbound import Joint

${joints({ prior: PRIOR, decoder: DECODER, data: DATA, encoder: ENCODERS[state.encoder] })}\
z = ${CODES.indexOf(state.code)}  # ${state.code}
${prints(measure(state), { "q(z)": "q.z.prob[z]", ...Object.fromEntries(IMAGES.map((image, x) => [`q(${image}|z)`, `q.x_given_z.prob[z, ${x}]`])) })}`;

export const start = instrument({ schema, build, python });
