// The comparison of q(x|z) with p(x|z), done by hand: the borders of the decoder are dragged until they stand where those of
// q(x|z) stand. The loss falls by as much, and only then is it seen split, with that comparison in it.

import { Border } from "./controls/border.js";
import { element, svg } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { initial } from "./controls/state.js";
import { Facing, hued } from "./draw/facing.js";
import { number, probability, texts } from "./draw/format.js";
import { picture } from "./draw/ink.js";
import { splits } from "./draw/python.js";
import { Falling, pieces, TwoSplits } from "./draw/two-splits.js";
import { CODES, DATA, ENCODER, IMAGES, pixels, PRIOR } from "./maths/primer.js";
import { fromData, fromModel, klEach, marginalZ, named, parts, thirds, xGivenZ } from "./maths/table.js";

// For each code two borders, between zero and one and between one and seven. They begin at the primer's decoder.
export const schema = {
  "round1": { "from": 0, "to": 1, "step": 0.01, "start": 0.76 },
  "round2": { "from": 0, "to": 1, "step": 0.01, "start": 0.8 },
  "straight1": { "from": 0, "to": 1, "step": 0.01, "start": 0.04 },
  "straight2": { "from": 0, "to": 1, "step": 0.01, "start": 0.6 }
};

const Q = fromData(DATA, ENCODER);
const GOAL = xGivenZ(Q);
const MET = 0.005; // nats: less is shown as 0.00
const AVERAGE = "your comparison: both KLs, averaged over the codes";
const ENDLESS = "your comparison: a missing image costs without end";

const given = (state) => ({
  prior: PRIOR,
  decoder: CODES.map((code) => thirds(state[`${code}1`], state[`${code}2`])),
  data: DATA,
  encoder: ENCODER,
});

export function measure(state) {
  return named(parts(Q, fromModel(PRIOR, given(state).decoder)));
}

const FIRST = measure(initial(schema));
const { "KL(q(x,z)||p(x,z))": LOSS, "KL(q(z)||p(z))": CODES_APART, yours: YOURS } = FIRST;

function build(kit) {
  const rows = CODES.map((code, z) => ({
    name: svg("text", {}, svg("tspan", { "font-weight": 600 }, code), `, given to ${probability(marginalZ(Q)[z])} of the images`),
    labels: () => IMAGES.map((image) => picture(pixels(image), 16)),
    borders: [1, 2].map((n) => new Border(kit, `${code}${n}`, `decoder, given ${code}: border ${n}`, { mute: true })),
  }));
  const facing = new Facing("q(x|z), the images that got each code, and p(x|z), the decoder", ["q", "p"], rows);
  const yours = new Falling([YOURS], ["var(--lb-data)"]);
  const whole = new Falling([LOSS], ["var(--lb-muted)"]);
  const split = new TwoSplits(["code", "image"], pieces(FIRST));
  const [unsplit, both] = [whole, split].map((drawn) => element("div", {}, drawn.element));
  const question = predict(kit, `Your comparison costs ${number(YOURS, 2)}, the loss is ${number(LOSS, 2)}. Drag the blue borders to the dashed lines: your comparison is then 0. And the loss?`, {
    answers: [`still ${number(LOSS, 2)}`, "about half", number(CODES_APART, 2), number(0, 0)],
    todo: "Now drag the blue borders to the dashed lines, of both codes.",
    right: 2,
    because: "Whatever your comparison lost, the loss lost, too: it is one of the loss’s pieces, as the split below shows. The other piece, codes, has no decoder in it.",
  });
  let met = false; // once it is, the loss stays split
  kit.atReset(() => (met = false));
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sided", style: "--picture: 23rem" },
      element("div", { class: "lb-column" }, question.element),
      element("div", { class: "lb-picture" },
        element("p", { class: "lb-legend" }, hued("q", "q(x|z)"), ": the images that got the code. ", hued("p", "p(x|z)"), ": the images that the decoder makes of it."),
        facing.element),
      element("div", { class: "lb-rest" },
        element("div", {}, yours.element, unsplit, both),
        element("div", { class: "lb-tools lb-live" }, ...kit.tools())),
    ),
    paint(state) {
      const { decoder } = given(state);
      const apart = klEach(GOAL, decoder);
      facing.paint(CODES.map((_, z) => ({ upper: GOAL[z], lower: decoder[z], kl: apart[z] })));
      const shown = measure(state);
      met ||= shown.yours < MET;
      unsplit.hidden = met;
      both.hidden = !met;
      yours.paint(shown.yours === Infinity ? ENDLESS : AVERAGE, [shown.yours]);
      whole.paint("the loss", [shown["KL(q(x,z)||p(x,z))"]]);
      split.paint(pieces(shown));
      question.paint(met);
      const { code, image } = pieces(shown);
      kit.say(`the loss ${number(shown["KL(q(x,z)||p(x,z))"], 2)}, your comparison ${number(shown.yours, 2)}${met ? `; codes ${number(code[0], 2)}; images ${number(image[0], 2)}, gap ${number(image[1], 2)}` : ""}`);
      return texts(shown, 3);
    },
  };
}

export const python = (state) => splits(given(state), measure(state));

export const start = instrument({ schema, build, python });
