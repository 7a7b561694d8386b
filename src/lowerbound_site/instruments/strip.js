// One KL, two splits: the same six steps sorted by image, then by code, end equally high, and make two bars. An encoder moves one
// piece of the upper bar alone, a decoder one piece of the lower.

import { Border } from "./controls/border.js";
import { element, svg, write } from "./controls/dom.js";
import { holding } from "./controls/held.js";
import { instrument } from "./controls/instrument.js";
import { following } from "./controls/play.js";
import { predict } from "./controls/predict.js";
import { Bars } from "./draw/bars.js";
import { Columns } from "./draw/columns.js";
import { number, signed, texts } from "./draw/format.js";
import { picture } from "./draw/ink.js";
import { joints, prints } from "./draw/python.js";
import { Splits } from "./draw/splits.js";
import { Stairs } from "./draw/stairs.js";
import { STYLE } from "./draw/strip-style.js";
import { CODES, DATA, DECODER, IMAGES, pixels, PRIOR, withShare } from "./maths/primer.js";
import { costs, fromData, fromModel, parts, slots } from "./maths/table.js";

export const schema = {
  "by": { "of": ["image", "code"], "start": "image" },
  "zero": { "from": 0, "to": 1, "step": 0.01, "start": 0.9 },
  "one": { "from": 0, "to": 1, "step": 0.01, "start": 0.2 },
  "seven": { "from": 0, "to": 1, "step": 0.01, "start": 0.76 },
  "round": { "from": 0, "to": 1, "step": 0.01, "start": 0.2 },
  "straight": { "from": 0, "to": 1, "step": 0.01, "start": 0.4 }
};

/** The encoder's share of round for each image, the decoder's share of sevens for each code; the rest is given. */
const given = (state) => ({
  prior: PRIOR,
  decoder: CODES.map((code, z) => withShare(DECODER[z], 2, state[code])),
  data: DATA,
  encoder: IMAGES.map((image) => [state[image], 1 - state[image]]),
});

function pairs(state) {
  const { prior, decoder, data, encoder } = given(state);
  return { p: fromModel(prior, decoder), q: fromData(data, encoder) };
}

const COLOURS = { image: ["var(--lb-p)", "var(--lb-gap)"], code: ["var(--lb-q)", "var(--lb-data)"] };
/** The pieces of the two bars, by name, each in its colour. */
const NAMES = { image: ["images", "gap"], code: ["codes", "your comparison"] };
const LEGEND = "A step’s number is what the pair adds, in nats, rounded; below each group, what its steps add together.";
const ENDLESS = "The encoder makes a pair that the model never makes: that costs without end.";
const [REBUILT, TO_PRIOR] = ["var(--lb-ink)", "var(--lb-muted)"];
const [CONSTANT, JOINT] = [30, 60].map((share) => `color-mix(in srgb, var(--lb-ink) ${share}%, var(--lb-paper))`);
/** And over the two that show what a program adds up. */
const added = ({ reconstruction, toPrior, constant }, joint) => [
  [[`reconstruction cost ${number(reconstruction, 3)}`, REBUILT], [" + "], [`KL to the prior ${number(toPrior, 3)}`, TO_PRIOR]],
  [[`constant ${number(constant, 3)} + the joint KL ${number(joint, 3)}`]],
];
export function measure(state) {
  const { p, q } = pairs(state);
  const { joint: whole, images, gap, codes, yours } = parts(q, p);
  const { reconstruction, toPrior, constant } = costs(q, p);
  return {
    "KL(q(x,z)||p(x,z))": whole, "KL(q(x)||p(x))": images, gap, "KL(q(z)||p(z))": codes, yours,
    "reconstruction cost": reconstruction, "KL to the prior": toPrior, "entropy of the data": constant,
  };
}

function build(kit) {
  const encoder = new Splits("encoder, q(z|x): which code for each image", "var(--lb-q)", IMAGES.map((image) => ({
    label: svg("g", {}, svg("g", { transform: "translate(10 -12)" }, picture(pixels(image), 24))),
    border: new Border(kit, image, `encoder: round, given ${image}`, { mute: true }),
    names: CODES,
  })));
  const decoder = new Splits("decoder, p(x|z): how often a code makes a seven", "var(--lb-p)", CODES.map((code) => ({
    label: svg("g", {}, svg("text", { y: 4, "font-size": 11 }, code)),
    border: new Border(kit, code, `decoder: seven, given ${code}; the others share the rest`, { mute: true }),
    names: ["sevens", "others"],
  })));
  const sort = element("button", { type: "button", class: "lb-main" });
  sort.addEventListener("click", () => kit.set({ by: kit.state.by === "image" ? "code" : "image" }, true));
  const stairs = new Stairs([COLOURS.image, COLOURS.code]);
  const lines = Object.fromEntries(Object.keys(NAMES).map((by) => [by, element("p", { class: "lb-cut-names" })]));
  const endless = element("p", { class: "lb-cut-names" }, ENDLESS);
  const program = new Bars(["", ""], { pieces: 2, scale: 150 }); // the constant is long
  const average = new Columns(IMAGES.length * CODES.length);
  const questions = [
    predict(kit, "The steps end at the joint KL. Sort the same six steps by code: what will change?", {
      answers: ["how high they end", "where the bar is cut", "both"],
      todo: "Now press “Sort by code”.",
      right: 1,
      because: "Six steps end at the same height in any order. What changed is which of them stand together.",
    }),
    predict(kit, "Now drag an arrow of the encoder, orange. How many of the four pieces of the bars can it move?", {
      answers: ["one", "three", "all four"],
      todo: "Now drag an arrow of the encoder, orange.",
      right: 1,
      because: "Of the bar by image the gap alone, of the bar by code both pieces. (On a short way one may hardly move.)",
    }),
    predict(kit, "And an arrow of the decoder, blue?", {
      answers: ["one", "three", "all four"],
      todo: "Now drag an arrow of the decoder, blue.",
      right: 1,
      because: "Of the bar by code your comparison alone, of the bar by image both pieces. (On a short way one may hardly move.)",
    }),
  ];
  const moved = (keys) => keys.some((key) => kit.state[key] !== schema[key].start);
  const sorted = following(kit, kit.state.by === "code" ? 1 : 0, 1600);
  let both = false; // whether the pairs have been sorted by code: then both bars stay, and the hands
  kit.atReset(() => (both = false));
  const legend = element("p", { class: "lb-legend" });
  const hands = element("div", {}, encoder.element, decoder.element);
  const held = holding(kit, hands);
  let reached = 0; // the question that is asked last
  const start = cut(pairs(Object.fromEntries(Object.entries(schema).map(([key, kind]) => [key, kind.start]))));
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sorted" },
      element("style", {}, STYLE),
      ...questions.map((question) => question.element),
      element("div", { class: "lb-totals" }, stairs.element),
      element("div", { class: "lb-totals" },
        element("div", { class: "lb-live" }, sort),
        ...Object.values(lines),
        endless,
        hands,
        legend),
      element("details", {}, element("summary", {}, "Why is a step as high as it is?"),
        element("p", {}, "It is q log(q/p): how often your encoder makes the pair, times the log of how many times more often that is than in the model. Below, each column is as wide as q and as high as log(q/p), so its area is its step: orange up, blue down. The KL is orange minus blue, the average log."), average.element),
      element("details", {}, element("summary", {}, "And your program’s sum, reconstruction cost plus KL to the prior?"),
        element("p", {}, "It is longer than the two bars by a constant of the data, which no training moves. (So the scale is smaller here.)"), element("div", { class: "lb-totals" }, program.element)),
      element("div", { class: "lb-live" }, ...kit.tools()),
    ),
    paint(state) {
      const now = pairs(state);
      const changed = moved([...IMAGES, ...CODES]);
      both ||= state.by === "code" || changed;
      hands.hidden = !both;
      encoder.paint(IMAGES.map((image) => state[image]));
      decoder.paint(CODES.map((code) => state[code]));
      const kl = parts(now.q, now.p);
      const { whole } = slots(now.q, now.p, "image");
      const turned = sorted(state.by === "code" ? 1 : 0);
      // While the steps go to their places, the second bar is cut anew.
      const part = state.by === "code" ? turned : 1;
      const [byImage, byCode] = cut(now);
      const sliding = byImage.map((from, n) => (Number.isFinite(byCode[n] - from) ? from + part * (byCode[n] - from) : byCode[n]));
      stairs.paint(whole, turned, [byImage, both ? sliding : null], changed ? start : null);
      stairs.name(`A staircase of six steps, sorted by ${state.by}: ${IMAGES.flatMap((image, x) => CODES.map((code, z) => `${image} and ${code} ${signed(whole[x][z], 2)}`)).join(", ")}. It ends at ${number(kl.joint, 2)}.`);
      say(lines.image, "by image: ", "image", [kl.images, kl.gap]);
      lines.code.hidden = !both;
      say(lines.code, "by code: ", "code", [kl.codes, kl.yours]);
      endless.hidden = kl.joint !== Infinity;
      const loss = costs(now.q, now.p);
      program.paint([[loss.reconstruction, loss.toPrior], [loss.constant, kl.joint]], [[REBUILT, TO_PRIOR], [CONSTANT, JOINT]], added(loss, kl.joint));
      average.paint(now.q.flat(), now.p.flat());
      write(legend, `${LEGEND}${changed ? " The marks at the bars are where they were cut and ended at first." : ""}`);
      write(sort, state.by === "image" ? "Sort by code" : "Sort by image");
      const cutElsewhere = Math.abs(kl.images - kl.codes) > 0.01; // elsewhere than asked, the two cuts can meet
      const left = cutElsewhere ? "Watch the steps." : "Press “Reset”: here both ways to cut fall together.";
      questions[0].paint(state.by === "code" && turned === 1 && cutElsewhere, undefined, state.by === "code" ? left : undefined);
      questions[1].paint(moved(IMAGES));
      questions[2].paint(moved(CODES));
      // One question at a time, under the verdict on the one before, which stays until the next is answered.
      if (!held()) reached = questions.slice(0, -1).filter((question) => question.judged()).length;
      questions.forEach((question, n) => {
        question.element.hidden = n > reached || Boolean(questions[n + 1]?.answered());
        question.element.classList.toggle("lb-done", n < reached);
      });
      kit.say(`by ${state.by}; KL of the joints ${number(kl.joint, 3)}: images ${number(kl.images, 3)}, gap ${number(kl.gap, 3)}; codes ${number(kl.codes, 3)}, yours ${number(kl.yours, 3)}`);
      return texts(measure(state), 3);
    },
  };
}

/** The pieces of the joint KL, cut by image and by code. */
function cut({ p, q }) {
  const { images, gap, codes, yours } = parts(q, p);
  return [[images, gap], [codes, yours]];
}

/** A line that says what a bar is cut into. */
function say(place, before, by, values) {
  if (!place.children.length) place.append(...["i", "b", "i", "b"].map((name) => element(name)));
  const [first, one, plus, two] = place.children;
  write(first, before);
  write(plus, " + ");
  [one, two].forEach((made, n) => {
    made.style.color = COLOURS[by][n];
    write(made, `${NAMES[by][n]} ${number(values[n], 2)}`);
  });
}

export const python = (state) => `\
from torch import xlogy

from lowerbound import Joint, entropy, kl

${joints(given(state))}\
${prints(measure(state), {
  "KL(q(x,z)||p(x,z))": "kl(q, p)",
  "KL(q(x)||p(x))": "kl(q.x, p.x)",
  "gap": "kl(q.z_given_x, p.z_given_x)",
  "KL(q(z)||p(z))": "kl(q.z, p.z)",
  "yours": "kl(q.x_given_z, p.x_given_z)",
  "reconstruction cost": "-xlogy(q.prob, p.x_given_z.prob.T).sum()",
  "KL to the prior": "kl(q, Joint.from_data(q.x.prob, p.z.prob.repeat(3, 1)))",
  "entropy of the data": "entropy(q.x)",
})}`;

export const start = instrument({ schema, build, python });
