// One square, two cuts: a joint is a square of area 1, and Bayes' rule is the same square cut twice.

import { choice } from "./controls/choice.js";
import { element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { number, probability, texts } from "./draw/format.js";
import { literal, prints } from "./draw/python.js";
import { Square } from "./draw/square.js";
import { fromModel, marginalX, marginalZ, sum, xGivenZ, zGivenX } from "./maths/joint.js";
import { CODES, DECODER, IMAGES, PRIOR, withShare } from "./maths/primer.js";

export const schema = {
  "turn": { "from": 0, "to": 1, "step": 0.01, "start": 1 },
  "image": { "of": ["zero", "one", "seven"], "start": "one" },
  "code": { "of": ["round", "straight"], "start": "straight" },
  "sevens": { "from": 0, "to": 1, "step": 0.01, "start": 0.3 }
};

/** The primer's table with another share of sevens: each row keeps its proportions. */
function joint({ sevens }) {
  const table = fromModel(PRIOR, DECODER);
  const shares = withShare(marginalX(table), 2, sevens);
  return table.map((row, x) => row.map((prob) => (prob / sum(row)) * shares[x]));
}

export function measure(state) {
  const p = joint(state);
  const [x, z] = [IMAGES.indexOf(state.image), CODES.indexOf(state.code)];
  return {
    "p(x, z)": p[x][z],
    "p(z)": marginalZ(p)[z],
    "p(x|z)": xGivenZ(p)[z][x],
    "p(x)": marginalX(p)[x],
    "p(z|x)": zGivenX(p)[x][z],
  };
}

function build(kit) {
  const square = new Square("p", "p(x, z)");
  const turn = axisSlider(kit, "turn", "cut", { small: 0.02, large: 0.1, page: 0.25 });
  write(turn.element.firstElementChild, "by image"); // at its left end; the other stands at the right
  const sevens = axisSlider(kit, "sevens", "share of sevens", { small: 0.01, large: 0.05, page: 0.1 });
  const image = choice(kit, "image", "image", { zero: "zero", one: "one", seven: "seven" });
  const code = choice(kit, "code", "code", { round: "round", straight: "straight" });
  const [byCode, byImage] = [element("p", {}), element("p", {})];
  const question = predict(kit, "Of the straight codes, 0.56 are ones. Turn that round: of the ones, what share is straight?", {
    answers: ["less than 0.56", "0.56 as well", "more than 0.56"],
    right: 2,
    because: "The cell is the same, but first you divide it by all straight codes, then by all ones.",
  });
  let turned = false;
  const todo = element("p", { class: "lb-do lb-live" });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sided" },
      element("div", { class: "lb-column" },
        question.element,
        todo,
        turn.element,
        element("output", { class: "lb-sums", "aria-live": "off" }, byCode, byImage),
        element("div", { class: "lb-live lb-after" },
          element("details", {}, element("summary", {}, "Another cell, other shares"), image.element, code.element, sevens.element),
          ...kit.tools())),
      element("div", { class: "lb-picture", style: "max-width: 28rem" }, square.element),
    ),
    paint(state) {
      const p = joint(state);
      const [x, z] = [IMAGES.indexOf(state.image), CODES.indexOf(state.code)];
      const shown = measure(state);
      const lit = p.map((row, i) => row.map((_, j) => (i === x && j === z ? 2 : 1)));
      square.paint(p, { turn: state.turn, lit });
      const where = state.turn < 0.01 ? "by image" : state.turn > 0.99 ? "by code" : "between";
      turn.paint(where, "by code");
      const cut = where === "between" ? "" : `The square is cut ${where}. `;
      write(todo, state.turn < 0.05 ? `${cut}Slide back, and watch the cell again.` : `${cut}Slide to the left, to “by image”, and watch the cell that stands out.`);
      sevens.paint("of all images; the other two share the rest as before");
      image.paint();
      code.paint();
      const share = (of, are, name, value, whole) => `Of the ${of}, ${three(value)} are ${are}: ${name} = ${three(shown["p(x, z)"])} / ${three(whole)}`;
      write(byCode, share(`${state.code} codes`, `${state.image}s`, `p(${state.image}|${state.code})`, shown["p(x|z)"], shown["p(z)"]));
      turned ||= state.turn < 0.05;
      // Not before it was cut so: the question asks for it.
      byImage.classList.toggle("lb-later", !turned);
      write(byImage, share(`${state.image}s`, state.code, `p(${state.code}|${state.image})`, shown["p(z|x)"], shown["p(x)"]));
      const asked = ["sevens", "image", "code"].every((key) => state[key] === schema[key].start); // the numbers it names
      question.paint(turned && asked, undefined, asked ? "Now slide to the left, to “by image”, and see." : "Press “Reset”, and turn the square as it was.");
      kit.say(`${where}; ${state.image} and ${state.code}: ${probability(shown["p(x, z)"])}`);
      return texts(measure(state), 3);
    },
  };
}

const three = (value) => (Number.isNaN(value) ? "—" : number(value, 3));

export const python = (state) => `\
from lowerbound import Joint

x, z = ${IMAGES.indexOf(state.image)}, ${CODES.indexOf(state.code)}  # ${state.image}, ${state.code}
p = Joint(${literal(joint(state))})
${prints(measure(state), {
  "p(x, z)": "p.prob[x, z]",
  "p(z)": "p.z.prob[z]",
  "p(x|z)": "p.x_given_z.prob[z, x]",
  "p(x)": "p.x.prob[x]",
  "p(z|x)": "p.z_given_x.prob[x, z]",
})}`;

export const start = instrument({ schema, build, python });
