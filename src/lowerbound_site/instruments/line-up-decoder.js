// The comparison of q(x|z) with p(x|z), done by hand: the borders of the decoder are dragged until they stand where those of
// q(x|z) stand. Whoever has guessed sees the loss fall by as much, and at the end split, with that comparison in it.

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
const [MET, NEARLY] = [0.005, 0.025]; // nats: less is shown as 0.00, and as at most 0.02
const AVERAGE = "your comparison: both KLs, averaged over the codes";
const TODO = "Now drag the blue borders to the dashed lines, for both codes, and watch the loss.";
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
const { "KL(q(x,z)||p(x,z))": LOSS, yours: YOURS } = FIRST;

function build(kit) {
  const rows = CODES.map((code, z) => ({
    name: svg("text", {}, svg("tspan", { "font-weight": 600 }, code), `, given to ${probability(marginalZ(Q)[z])} of the images`),
    labels: () => IMAGES.map((image) => picture(pixels(image), 16)),
    borders: [1, 2].map((n) => new Border(kit, `${code}${n}`, `decoder, given ${code}: border ${n}`, { mute: true })),
  }));
  const facing = new Facing("q(x|z), the images to which each code was given, and p(x|z), the decoder", ["q", "p"], rows);
  const yours = new Falling([YOURS], ["var(--lb-data)"]);
  const whole = new Falling([LOSS], ["var(--lb-muted)"]);
  const split = new TwoSplits(pieces(FIRST), true);
  const [unsplit, both] = [whole, split].map((drawn) => element("div", {}, drawn.element));
  const question = predict(kit, `Drag the blue borders to the dashed lines: your comparison falls from ${number(YOURS, 2)} to 0. Your program’s loss never mentions q(x|z). By how much will it fall?`, {
    answers: ["by 0", "by less", "by as much", "by more"],
    todo: TODO,
    right: 2,
    because: "Your comparison is one piece of the loss: every training step makes it. The other has no decoder in it.",
  });
  let met = false; // once it is, the loss stays split
  kit.atReset(() => (met = false));
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sided", style: "--picture: 23rem; --said: 6.4em" },
      element("div", { class: "lb-column" }, question.element),
      element("div", { class: "lb-picture" },
        element("p", { class: "lb-legend" }, hued("q", "q(x|z)"), ": the images to which that code was given. ", hued("p", "p(x|z)"), ": those that the decoder makes from it."),
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
      unsplit.hidden = met || !question.answered();
      both.hidden = !met;
      yours.paint(shown.yours === Infinity ? ENDLESS : AVERAGE, [shown.yours]);
      whole.paint("the loss", [shown["KL(q(x,z)||p(x,z))"]]);
      split.paint(pieces(shown));
      question.paint(met, undefined, shown.yours < NEARLY ? `Nearly there, ${number(shown.yours, 2)} is left. ${TODO}` : undefined);
      const { code, image } = pieces(shown);
      const loss = unsplit.hidden && both.hidden ? "" : `the loss ${number(shown["KL(q(x,z)||p(x,z))"], 2)}, `;
      kit.say(`${loss}your comparison ${number(shown.yours, 2)}${met ? `; codes ${number(code[0], 3)}; images ${number(image[0], 3)}, gap ${number(image[1], 3)}` : ""}`);
      return texts(shown, 3);
    },
  };
}

export const python = (state) => splits(given(state), measure(state));

export const start = instrument({ schema, build, python });
