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
import { fromData, fromModel, marginalX, marginalZ, xGivenZ, zGivenX } from "./maths/joint.js";
import { CODES, DATA, DECODER, ENCODER, IMAGES, withShare } from "./maths/primer.js";
import { cells } from "./maths/square.js";

export const schema = {
  "name": { "of": ["prior", "decoder", "evidence", "posterior", "data", "encoder", "aggregated", "turned"], "start": "prior" },
  "priorRound": { "from": 0, "to": 1, "step": 0.01, "start": 0.5 },
  "decoderSeven": { "from": 0, "to": 1, "step": 0.01, "start": 0.2 },
  "dataSeven": { "from": 0, "to": 1, "step": 0.01, "start": 0.5 },
  "encoderRound": { "from": 0, "to": 1, "step": 0.01, "start": 0.76 }
};

// All numbers are those of one cell, the round sevens: so what a handle says is what the list says beside its name.
const [IMAGE, CODE] = ["seven", "round"];
const PRINTED = 4; // decimals: a product of two shares has no more, so both languages round it alike
const [X, Z] = [IMAGES.indexOf(IMAGE), CODES.indexOf(CODE)];

/** The four that are given, with the reader's hand in each. */
const given = ({ priorRound, decoderSeven, dataSeven, encoderRound }) => ({
  prior: [priorRound, 1 - priorRound],
  decoder: [withShare(DECODER[0], X, decoderSeven), DECODER[1]],
  data: withShare(DATA, X, dataSeven),
  encoder: [ENCODER[0], ENCODER[1], [encoderRound, 1 - encoderRound]],
});

function both(state) {
  const { prior, decoder, data, encoder } = given(state);
  return { p: fromModel(prior, decoder), q: fromData(data, encoder) };
}

export function measure(state) {
  const { p, q } = both(state);
  const { prior, decoder, data, encoder } = given(state);
  return {
    "p(z)": prior[Z],
    "p(x|z)": decoder[Z][X],
    "p(x)": marginalX(p)[X],
    "p(z|x)": zGivenX(p)[X][Z],
    "q(x)": data[X],
    "q(z|x)": encoder[X][Z],
    "q(z)": marginalZ(q)[Z],
    "q(x|z)": xGivenZ(q)[Z][X],
  };
}

const FAMILY = { prior: "p", decoder: "p", evidence: "p", posterior: "p", data: "q", encoder: "q", aggregated: "q", turned: "q" };
const SYMBOLS = { prior: "p(z)", decoder: "p(x|z)", evidence: "p(x)", posterior: "p(z|x)", data: "q(x)", encoder: "q(z|x)", aggregated: "q(z)", turned: "q(x|z)" };
/** Which cells a name lights: fully what it is, and lightly what it is a part of. */
const LIGHTS = {
  marginalX: (i) => (i === X ? 2 : 0),
  marginalZ: (_, j) => (j === Z ? 2 : 0),
  xGivenZ: (i, j) => (j === Z ? (i === X ? 2 : 1) : 0),
  zGivenX: (i, j) => (i === X ? (j === Z ? 2 : 1) : 0),
};
/** What a name says of a seven and a round code. */
const SAYS = {
  prior: "how often the model draws a round code. It is chosen, and called the prior",
  decoder: "how often the decoder makes a seven from a round code. The decoder is a network",
  evidence: "how often the model makes a seven, from any code. Add up its two cells",
  posterior: "of the model’s sevens, how many come from a round code. Divide the cell that stands out by both",
  data: "how often a seven is in the data. The data are given",
  encoder: "how often the encoder gives a seven a round code. The encoder is a network",
  aggregated: "how often the encoder gives a round code, to any image. Add up its three cells",
  turned: "of the images that got a round code, how many are a seven. Divide the cell that stands out by all three",
};
const KINDS = { prior: "marginalZ", decoder: "xGivenZ", evidence: "marginalX", posterior: "zGivenX", data: "marginalX", encoder: "zGivenX", aggregated: "marginalZ", turned: "xGivenZ" };

function build(kit) {
  const [p, q] = [new Square("p", "p(x, z): code, then image"), new Square("q", "q(x, z): image, then code")];
  const prior = new Border(kit, "priorRound", "prior: round", { word: "prior" });
  const decoder = new Border(kit, "decoderSeven", "decoder: seven, given round; the others share the rest", { word: "decoder" });
  const data = new Border(kit, "dataSeven", "data: share of sevens; the others share the rest", { word: "data" });
  const encoder = new Border(kit, "encoderRound", "encoder: round, given seven", { word: "encoder" });
  p.box.append(prior.element, decoder.element);
  q.box.append(data.element, encoder.element);
  const names = choice(kit, "name", "Choose a name, and its area is lit. All numbers are for a seven and a round code. What has a handle is given.",
    Object.fromEntries(["prior", "data", "decoder", "encoder", "evidence", "aggregated", "posterior", "turned"].map((name) => [name, `${SYMBOLS[name]} `])));
  names.element.classList.add("lb-pairs");
  const told = element("output", { "aria-live": "off" });
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
      element("div", { class: "lb-live" }, ...kit.tools()),
    ),
    paint(state) {
      const joint = both(state);
      const light = LIGHTS[KINDS[state.name]];
      const lit = IMAGES.map((_, i) => CODES.map((_, j) => light(i, j)));
      const lights = (family) => (FAMILY[state.name] === family ? lit : null);
      p.paint(joint.p, { turn: 1, lit: lights("p") });
      q.paint(joint.q, { turn: 0, lit: lights("q") });
      prior.paint({ along: "x", from: 0, to: SIDE, span: [0, SIDE], at: 0.15 });
      decoder.paint({ along: "y", from: SIDE, to: 0, span: [0, cells(joint.p, 1)[X][Z].width * SIDE], lift: 8 });
      data.paint({ along: "y", from: SIDE, to: 0, span: [0, SIDE], at: 0.2 });
      const seven = cells(joint.q, 0)[X][Z];
      encoder.paint({ along: "x", from: 0, to: SIDE, span: [seven.top * SIDE, SIDE] });
      const shown = measure(state);
      const before = measure(initial(schema));
      const said = ([name, symbol]) => {
        const [now, was] = [shown, before].map((numbers) => probability(numbers[symbol]));
        // The numbers of all eight at once are a crowd: those that have changed, and the one that is lit.
        return [name, now !== was ? `${now}, was ${was}` : name === state.name ? now : ""];
      };
      names.paint(Object.fromEntries(Object.entries(SYMBOLS).map(said)));
      write(told, `${SYMBOLS[state.name]}: ${SAYS[state.name]}: ${probability(shown[SYMBOLS[state.name]])}.`);
      // Where the others have been moved, too, more has changed than the encoder did, or less: without sevens it changes nothing.
      const alone = ["priorRound", "decoderSeven", "dataSeven"].every((key) => state[key] === schema[key].start);
      question.paint(alone && state.encoderRound !== schema.encoderRound.start, undefined, alone ? "Now drag the handle “encoder”." : "Press “Reset”, and drag the handle “encoder” alone.");
      kit.say(`${SYMBOLS[state.name]} for ${IMAGE} and ${CODE}: ${probability(shown[SYMBOLS[state.name]])}`);
      return texts(measure(state), PRINTED);
    },
  };
}

export const python = (state) => `\
from lowerbound import Joint

${joints(given(state))}\
x, z = ${X}, ${Z}  # ${IMAGE}, ${CODE}
${prints(measure(state), {
  "p(z)": "p.z.prob[z]",
  "p(x|z)": "decoder[z][x]",
  "p(x)": "p.x.prob[x]",
  "p(z|x)": "p.z_given_x.prob[x, z]",
  "q(x)": "q.x.prob[x]",
  "q(z|x)": "encoder[x][z]",
  "q(z)": "q.z.prob[z]",
  "q(x|z)": "q.x_given_z.prob[z, x]",
}, PRINTED)}`;

export const start = instrument({ schema, build, python });
