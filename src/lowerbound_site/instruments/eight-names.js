// Two squares, eight names: each name is an area, or a part of an area. Four are given, and four follow.

import { Border } from "./controls/border.js";
import { choice } from "./controls/choice.js";
import { element } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { probability, texts } from "./draw/format.js";
import { joints, prints } from "./draw/python.js";
import { SIDE, Square } from "./draw/square.js";
import { CODES, DATA, DECODER, ENCODER, IMAGES, withShare } from "./maths/primer.js";
import { cells } from "./maths/square.js";
import { fromData, fromModel, marginalX, marginalZ, xGivenZ, zGivenX } from "./maths/table.js";

export const schema = {
  "name": { "of": ["prior", "decoder", "evidence", "posterior", "data", "encoder", "aggregated", "turned"], "start": "prior" },
  "image": { "of": ["zero", "one", "seven"], "start": "seven" },
  "code": { "of": ["round", "straight"], "start": "round" },
  "priorRound": { "from": 0, "to": 1, "step": 0.01, "start": 0.5 },
  "decoderSeven": { "from": 0, "to": 1, "step": 0.01, "start": 0.4 },
  "dataSeven": { "from": 0, "to": 1, "step": 0.01, "start": 0.5 },
  "encoderRound": { "from": 0, "to": 1, "step": 0.01, "start": 0.76 }
};

/** The four that are given, with the reader's hand in each. */
const given = ({ priorRound, decoderSeven, dataSeven, encoderRound }) => ({
  prior: [priorRound, 1 - priorRound],
  decoder: [DECODER[0], withShare(DECODER[1], 2, decoderSeven)],
  data: withShare(DATA, 2, dataSeven),
  encoder: [ENCODER[0], ENCODER[1], [encoderRound, 1 - encoderRound]],
});

function both(state) {
  const { prior, decoder, data, encoder } = given(state);
  return { p: fromModel(prior, decoder), q: fromData(data, encoder) };
}

export function measure(state) {
  const { p, q } = both(state);
  const [x, z] = [IMAGES.indexOf(state.image), CODES.indexOf(state.code)];
  const { prior, decoder, data, encoder } = given(state);
  return {
    "p(z)": prior[z],
    "p(x|z)": decoder[z][x],
    "p(x)": marginalX(p)[x],
    "p(z|x)": zGivenX(p)[x][z],
    "q(x)": data[x],
    "q(z|x)": encoder[x][z],
    "q(z)": marginalZ(q)[z],
    "q(x|z)": xGivenZ(q)[z][x],
  };
}

const FAMILY = { prior: "p", decoder: "p", evidence: "p", posterior: "p", data: "q", encoder: "q", aggregated: "q", turned: "q" };
const SYMBOLS = { prior: "p(z)", decoder: "p(x|z)", evidence: "p(x)", posterior: "p(z|x)", data: "q(x)", encoder: "q(z|x)", aggregated: "q(z)", turned: "q(x|z)" };
/** Which cells a name lights: fully what it is, and lightly what it is a part of. */
const LIGHTS = {
  marginalX: (x) => (i) => (i === x ? 2 : 0),
  marginalZ: (_, z) => (_i, j) => (j === z ? 2 : 0),
  xGivenZ: (x, z) => (i, j) => (j === z ? (i === x ? 2 : 1) : 0),
  zGivenX: (x, z) => (i, j) => (i === x ? (j === z ? 2 : 1) : 0),
};
const KINDS = { prior: "marginalZ", decoder: "xGivenZ", evidence: "marginalX", posterior: "zGivenX", data: "marginalX", encoder: "zGivenX", aggregated: "marginalZ", turned: "xGivenZ" };

function build(kit) {
  const [p, q] = [new Square("p", "p(x, z): code, then image"), new Square("q", "q(x, z): image, then code")];
  const prior = new Border(kit, "priorRound", "prior: round");
  const decoder = new Border(kit, "decoderSeven", "decoder: seven, given straight; the others share the rest");
  const data = new Border(kit, "dataSeven", "data: share of sevens; the others share the rest");
  const encoder = new Border(kit, "encoderRound", "encoder: round, given seven");
  p.box.append(prior.element, decoder.element);
  q.box.append(data.element, encoder.element);
  const named = (words) => Object.fromEntries(words.map(([name, word]) => [name, `${SYMBOLS[name]} ${word} `]));
  const names = choice(kit, "name", "eight names", named([
    ["prior", "prior, given"],
    ["data", "data, given"],
    ["decoder", "decoder, given"],
    ["encoder", "encoder, given"],
    ["evidence", "evidence, follows"],
    ["aggregated", "aggregated, follows"],
    ["posterior", "posterior, follows"],
    ["turned", "follows"],
  ]));
  names.element.classList.add("lb-pairs");
  const image = choice(kit, "image", "x", { zero: "zero", one: "one", seven: "seven" });
  const code = choice(kit, "code", "z", { round: "round", straight: "straight" });
  const question = predict(kit, "Drag the encoder’s border, in q’s row of sevens. Besides q(z|x), what changes?", {
    answers: ["q(z) and q(x|z)", "p(z|x)", "all the others"],
    right: 0,
    because: "Nothing of p moves: p(z|x) follows from prior and decoder, whatever the encoder says.",
  });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      element("p", { class: "lb-do lb-live" }, "Choose a name and see its area. What is given has a handle."),
      question.element,
      names.element,
      element("div", { class: "lb-beside" }, p.element, q.element),
      element("div", { class: "lb-row" }, image.element, code.element),
      element("div", { class: "lb-live" }, ...kit.tools()),
    ),
    paint(state) {
      const joint = both(state);
      const [x, z] = [IMAGES.indexOf(state.image), CODES.indexOf(state.code)];
      const light = LIGHTS[KINDS[state.name]](x, z);
      const lit = IMAGES.map((_, i) => CODES.map((_, j) => light(i, j)));
      const lights = (family) => (FAMILY[state.name] === family ? lit : null);
      p.paint(joint.p, { turn: 1, lit: lights("p") });
      q.paint(joint.q, { turn: 0, lit: lights("q") });
      prior.paint({ along: "x", from: 0, to: SIDE, span: [0, SIDE] });
      const straight = cells(joint.p, 1)[2][1];
      decoder.paint({ along: "y", from: SIDE, to: 0, span: [straight.left * SIDE, SIDE] });
      data.paint({ along: "y", from: SIDE, to: 0, span: [0, SIDE], at: 0.15 });
      const seven = cells(joint.q, 0)[2][0];
      encoder.paint({ along: "x", from: 0, to: SIDE, span: [seven.top * SIDE, SIDE] });
      const shown = measure(state);
      names.paint(Object.fromEntries(Object.entries(SYMBOLS).map(([name, symbol]) => [name, probability(shown[symbol])])));
      image.paint();
      code.paint();
      question.paint(state.encoderRound !== schema.encoderRound.start);
      kit.say(`${SYMBOLS[state.name]} for ${state.image} and ${state.code}: ${probability(shown[SYMBOLS[state.name]])}`);
      return texts(measure(state), 3);
    },
  };
}

export const python = (state) => `\
from lowerbound import Joint

${joints(given(state))}\
x, z = ${IMAGES.indexOf(state.image)}, ${CODES.indexOf(state.code)}  # ${state.image}, ${state.code}
${prints(measure(state), {
  "p(z)": "p.z.prob[z]",
  "p(x|z)": "decoder[z][x]",
  "p(x)": "p.x.prob[x]",
  "p(z|x)": "p.z_given_x.prob[x, z]",
  "q(x)": "q.x.prob[x]",
  "q(z|x)": "encoder[x][z]",
  "q(z)": "q.z.prob[z]",
  "q(x|z)": "q.x_given_z.prob[z, x]",
})}`;

export const start = instrument({ schema, build, python });
