// The encoder in hand: its borders are dragged until they stand where those of the true posterior p(z|x) stand. By image only
// the gap moves; by code both pieces do, and neither is 0 at the end.

import { Border } from "./controls/border.js";
import { element, svg } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { initial } from "./controls/state.js";
import { Facing, hued } from "./draw/facing.js";
import { number, probability, texts } from "./draw/format.js";
import { picture } from "./draw/ink.js";
import { splits } from "./draw/python.js";
import { pieces, TwoSplits } from "./draw/two-splits.js";
import { CODES, DATA, DECODER, IMAGES, pixels, PRIOR } from "./maths/primer.js";
import { fromData, fromModel, klEach, marginalX, named, parts, zGivenX } from "./maths/table.js";

// The encoder's share of round for each image. It begins at the primer's.
export const schema = {
  "zero": { "from": 0, "to": 1, "step": 0.01, "start": 0.9 },
  "one": { "from": 0, "to": 1, "step": 0.01, "start": 0.2 },
  "seven": { "from": 0, "to": 1, "step": 0.01, "start": 0.76 }
};

const P = fromModel(PRIOR, DECODER);
const GOAL = zGivenX(P);
const [MET, NEARLY] = [0.005, 0.025]; // nats: less is shown as 0.00, and as at most 0.02
const TODO = "Now drag the orange borders to the dashed lines, for all three images.";
const SEVEN = IMAGES.indexOf("seven");

const given = (state) => ({
  prior: PRIOR,
  decoder: DECODER,
  data: DATA,
  encoder: IMAGES.map((image) => [state[image], 1 - state[image]]),
});

export function measure(state) {
  return named(parts(fromData(DATA, given(state).encoder), P));
}

const FIRST = measure(initial(schema));

function build(kit) {
  const rows = IMAGES.map((image, x) => ({
    name: svg("g", {}, svg("g", { transform: "translate(0 -13)" }, picture(pixels(image), 16)), svg("text", { x: 22 }, `${probability(DATA[x])} of the data`)),
    labels: () => CODES.map((code) => svg("text", { x: 8, y: 13, "text-anchor": "middle" }, code)),
    borders: [new Border(kit, image, `encoder: round, given ${image}`, { mute: true })],
  }));
  const facing = new Facing("p(z|x), the true posterior of each image, and q(z|x), the encoder", ["p", "q"], rows, 70);
  const split = new TwoSplits(pieces(FIRST), false);
  const question = predict(kit, `Drag the orange borders to the dashed lines: the gap is then 0. And your comparison, ${number(FIRST.yours, 2)} at the start?`, {
    answers: ["0, too", "less, but not 0", `still ${number(FIRST.yours, 2)}`],
    todo: TODO,
    right: 1,
    because: `Which images get a code depends, too, on how often each image occurs: sevens are ${probability(DATA[SEVEN])} of the data and ${probability(marginalX(P)[SEVEN])} of the model’s images.`,
  });
  let met = false;
  kit.atReset(() => (met = false));
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sided", style: "--picture: 23rem; --said: 8em" },
      element("div", { class: "lb-column" }, question.element),
      element("div", { class: "lb-picture" },
        element("p", { class: "lb-legend" }, hued("p", "p(z|x)"), ": which codes the model makes this image from. ", hued("q", "q(z|x)"), ": which codes the encoder gives it."),
        facing.element),
      element("div", { class: "lb-rest" },
        split.element,
        element("div", { class: "lb-tools lb-live" }, ...kit.tools())),
    ),
    paint(state) {
      const { encoder } = given(state);
      const apart = klEach(encoder, GOAL);
      facing.paint(IMAGES.map((_, x) => ({ upper: GOAL[x], lower: encoder[x], kl: apart[x] })));
      const shown = measure(state);
      const { code, image } = pieces(shown);
      split.paint({ code, image });
      met ||= shown.gap < MET;
      question.paint(met, undefined, shown.gap < NEARLY ? `Nearly there, ${number(shown.gap, 2)} is left. ${TODO}` : undefined);
      kit.say(`images ${number(image[0], 3)}, gap ${number(image[1], 3)}; codes ${number(code[0], 3)}, your comparison ${number(code[1], 3)}`);
      return texts(shown, 3);
    },
  };
}

export const python = (state) => splits(given(state), measure(state));

export const start = instrument({ schema, build, python });
