// Two squares, eight names: each name is an area, or a part of an area. Four are given, and four follow.

import { Border } from "./controls/border.js";
import { choice } from "./controls/choice.js";
import { element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { initial } from "./controls/state.js";
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
/** What a name says of this image and this code. */
const SAYS = {
  prior: (x, z) => `how often the model draws a ${z} code. It is chosen, and called the prior`,
  decoder: (x, z) => `how often the decoder makes a ${x} from a ${z} code. The decoder is a network`,
  evidence: (x) => `how often the model makes a ${x}, from any code. Add up the row`,
  posterior: (x, z) => `of the model’s images of a ${x}, how many come from a ${z} code. Divide the cell by its row`,
  data: (x) => `how often a ${x} is in the data. The data are given`,
  encoder: (x, z) => `how often the encoder gives a ${x} a ${z} code. The encoder is a network`,
  aggregated: (x, z) => `how often the encoder gives a ${z} code, to any image. Add up the column`,
  turned: (x, z) => `of the images that got a ${z} code, how many are a ${x}. Divide the cell by its column`,
};
const KINDS = { prior: "marginalZ", decoder: "xGivenZ", evidence: "marginalX", posterior: "zGivenX", data: "marginalX", encoder: "zGivenX", aggregated: "marginalZ", turned: "xGivenZ" };

function build(kit) {
  const [p, q] = [new Square("p", "p(x, z): code, then image"), new Square("q", "q(x, z): image, then code")];
  const prior = new Border(kit, "priorRound", "prior: round", { word: "prior" });
  const decoder = new Border(kit, "decoderSeven", "decoder: seven, given straight; the others share the rest", { word: "decoder" });
  const data = new Border(kit, "dataSeven", "data: share of sevens; the others share the rest", { word: "data" });
  const encoder = new Border(kit, "encoderRound", "encoder: round, given seven", { word: "encoder" });
  p.box.append(prior.element, decoder.element);
  q.box.append(data.element, encoder.element);
  const names = choice(kit, "name", "Choose a name, and its area is lit. The upper two of each square are given, and have a handle. The lower two follow.",
    Object.fromEntries(["prior", "data", "decoder", "encoder", "evidence", "aggregated", "posterior", "turned"].map((name) => [name, `${SYMBOLS[name]} `])));
  names.element.classList.add("lb-pairs");
  const told = element("output", { "aria-live": "off" });
  const image = choice(kit, "image", "x", { zero: "zero", one: "one", seven: "seven" });
  const code = choice(kit, "code", "z", { round: "round", straight: "straight" });
  const taken = element("summary", {});
  const question = predict(kit, "Drag the handle “encoder”. Besides q(z|x), what changes?", {
    answers: ["q(z) and q(x|z)", "p(z|x)", "all the others"],
    right: 0,
    because: "Nothing of p moves: p(z|x) follows from prior and decoder, whatever the encoder says.",
  });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      question.element,
      element("div", { class: "lb-beside" }, p.element, q.element),
      names.element,
      told,
      element("details", { class: "lb-live" }, taken, element("div", { class: "lb-row" }, image.element, code.element)),
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
      data.paint({ along: "y", from: SIDE, to: 0, span: [0, SIDE], at: 0.2 });
      const seven = cells(joint.q, 0)[2][0];
      encoder.paint({ along: "x", from: 0, to: SIDE, span: [seven.top * SIDE, SIDE] });
      const shown = measure(state);
      const before = measure({ ...initial(schema), image: state.image, code: state.code });
      const said = ([name, symbol]) => {
        const [now, was] = [shown, before].map((numbers) => probability(numbers[symbol]));
        // The numbers of all eight at once are a crowd: those that have changed, and the one that is lit.
        return [name, now !== was ? `${now}, was ${was}` : name === state.name ? now : ""];
      };
      names.paint(Object.fromEntries(Object.entries(SYMBOLS).map(said)));
      write(told, `${SYMBOLS[state.name]}: ${SAYS[state.name](state.image, state.code)}: ${probability(shown[SYMBOLS[state.name]])}.`);
      write(taken, `All eight numbers are for x = ${state.image} and z = ${state.code}. Take others`);
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
