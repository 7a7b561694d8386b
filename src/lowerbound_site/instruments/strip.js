// One KL, two splits: the same six pairs sorted by image, then by code, make two bars of equal length. An encoder moves one
// piece of the upper bar alone, a decoder one piece of the lower.

import { Border } from "./controls/border.js";
import { element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { following } from "./controls/play.js";
import { predict } from "./controls/predict.js";
import { Bars } from "./draw/bars.js";
import { Columns } from "./draw/columns.js";
import { number, signed, texts } from "./draw/format.js";
import { joints, prints } from "./draw/python.js";
import { picture, SIDE, Square } from "./draw/square.js";
import { Strip } from "./draw/strip.js";
import { STYLE } from "./draw/strip-style.js";
import { Terms } from "./draw/terms.js";
import { CODES, DATA, DECODER, IMAGES, pixels, PRIOR, withShare } from "./maths/primer.js";
import { cells } from "./maths/square.js";
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
/** What stands over the two bars: each piece by its name, in its colour. */
const NAMES = [
  [["by image: "], ["images", COLOURS.image[0]], [" + "], ["gap", COLOURS.image[1]]],
  [["by code: "], ["codes", COLOURS.code[0]], [" + "], ["your comparison", COLOURS.code[1]]],
];
const [REBUILT, TO_PRIOR] = ["var(--lb-ink)", "var(--lb-muted)"];
const [CONSTANT, JOINT] = [30, 60].map((share) => `color-mix(in srgb, var(--lb-ink) ${share}%, var(--lb-paper))`);
/** And over the two that show what a program adds up. */
const added = ({ reconstruction, toPrior, constant }, joint) => [
  [[`reconstruction cost ${number(reconstruction, 3)}`, REBUILT], [" + "], [`KL to the prior ${number(toPrior, 3)}`, TO_PRIOR]],
  [[`constant ${number(constant, 3)} + the joint KL ${number(joint, 3)}`]],
];
/** Which numbers a slot has, and what they add up to. */
const TOLD = {
  image: ({ images, gap }) => `In a slot, left: q(x) against p(x). Right: q(z|x) against p(z|x). The left ones add up to the images, ${number(images, 3)}, the right ones to the gap, ${number(gap, 3)}.`,
  code: ({ codes, yours }) => `In a slot, left: q(z) against p(z). Right: q(x|z) against p(x|z). The left ones add up to the codes, ${number(codes, 3)}, the right ones to your comparison, ${number(yours, 3)}.`,
};

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
  const [p, q] = [new Square("p", "p(x, z): the decoder’s borders"), new Square("q", "q(x, z): the encoder’s borders")];
  for (const { value } of [p, q].flatMap((square) => [...square.cells.flat(), ...square.rows])) value.remove(); // how large an area is, is seen
  const ofEncoder = IMAGES.map((image) => new Border(kit, image, `encoder: round, given ${image}`, { mute: true }));
  const ofDecoder = CODES.map((code) => new Border(kit, code, `decoder: seven, given ${code}; the others share the rest`, { mute: true }));
  q.box.append(...ofEncoder.map((border) => border.element));
  p.box.append(...ofDecoder.map((border) => border.element));
  const sort = element("button", { type: "button", class: "lb-main" });
  sort.addEventListener("click", () => kit.set({ by: kit.state.by === "image" ? "code" : "image" }, true));
  const bars = new Bars(["", ""], { pieces: 2, scale: 420 });
  const terms = new Terms();
  const labels = IMAGES.flatMap((image) => CODES.map((code) => slotLabel(image, code)));
  const strip = new Strip(labels, 2);
  const program = new Bars(["", ""], { pieces: 2, scale: 150 }); // the constant is long
  const average = new Columns(labels.length);
  const legend = element("p", { class: "lb-legend" });
  const questions = [
    predict(kit, "Sort the same six columns by code. What will change in the bar?", {
      answers: ["how long it is", "where it is cut", "both"],
      todo: "Now press “Sort by code”, and see.",
      right: 1,
      because: "Six numbers have the same sum in any order. The first piece is what the groups differ by as wholes: three images, or two codes.",
    }),
    predict(kit, "Now drag a border of the encoder, in the orange square. Which pieces of the two bars will move?", {
      answers: ["the gap alone", "the gap, and both pieces of the lower bar", "all four"],
      todo: "Now drag a “← →” in the orange square, and see.",
      right: 1,
      because: "In the upper bar an encoder moves the gap alone.",
    }),
    predict(kit, "And if you drag a border of the decoder, in the blue square?", {
      answers: ["your comparison alone", "your comparison, and both pieces of the upper bar", "every piece"],
      todo: "Now drag a “← →” in the blue square, and see.",
      right: 1,
      because: "In the lower bar a decoder moves your comparison alone.",
    }),
  ];
  const moved = (keys) => keys.some((key) => kit.state[key] !== schema[key].start);
  const sorted = following(kit, kit.state.by === "code" ? 1 : 0, 1400);
  let both = false; // whether the pairs have been sorted by code: then both bars stay, and the squares
  kit.atReset(() => (both = false));
  const squares = element(
    "div",
    {},
    element("div", { class: "lb-beside" }, p.element, q.element),
    element("p", { class: "lb-told" }, "An area is a pair, as large as the pair is probable. The model takes the code first, the encoder the image."),
  );
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sorted" },
      element("style", {}, STYLE),
      ...questions.map((question) => question.element),
      element("div", { class: "lb-totals" }, terms.element, element("p", { class: "lb-legend" }, "A column is a pair. Filled ones add, hollow ones take away. A pair without a column does neither.")),
      element("div", { class: "lb-totals" }, element("div", { class: "lb-live" }, sort), element("p", { class: "lb-legend" }, "All six together, the joint KL in nats:"), bars.element),
      squares,
      element("details", {}, element("summary", {}, "Pair by pair, with the numbers"), legend, strip.element,
        element("p", {}, "Below, each column is as wide as q and as high as log(q/p), so its area is what its slot holds: orange where q has more than p, blue where it has less. The KL is orange minus blue."), average.element),
      element("details", {}, element("summary", {}, "And your program’s sum, reconstruction cost plus KL to the prior?"),
        element("p", {}, "It is longer than the two bars by a constant of the data, which no training moves. (So the scale is smaller here.)"), element("div", { class: "lb-totals" }, program.element)),
      element("div", { class: "lb-live" }, ...kit.tools()),
    ),
    paint(state) {
      const now = pairs(state);
      both ||= state.by === "code" || moved([...IMAGES, ...CODES]);
      squares.hidden = !both;
      // Each is cut first by what it draws first: so each network has its borders.
      p.paint(now.p, { turn: 1 });
      q.paint(now.q, { turn: 0 });
      CODES.forEach((code, z) => write(p.columns[z], code));
      const [rows, columns] = [cells(now.q, 0), cells(now.p, 1)[2]];
      ofEncoder.forEach((border, x) => {
        const [{ top, height }] = rows[x];
        border.paint({ along: "x", from: 0, to: SIDE, span: [top * SIDE, (top + height) * SIDE] });
      });
      ofDecoder.forEach((border, z) => {
        const { left, width } = columns[z];
        border.paint({ along: "y", from: SIDE, to: 0, span: [left * SIDE, (left + width) * SIDE], at: 0.2 });
      });
      const { whole, marginal, conditional } = slots(now.q, now.p, state.by);
      const sums = whole.flat().map((value) => `sum ${signed(value, 3)}`);
      strip.paint(marginal.flatMap((row, x) => row.map((value, z) => [value, conditional[x][z]])), COLOURS[state.by], sums);
      const kl = parts(now.q, now.p);
      write(legend, TOLD[state.by](kl));
      const turned = sorted(state.by === "code" ? 1 : 0);
      terms.paint(whole, turned);
      terms.name(`Six columns, sorted by ${state.by}: ${IMAGES.flatMap((image, x) => CODES.map((code, z) => `${image} and ${code} ${signed(whole[x][z], 2)}`)).join(", ")}.`);
      // While the columns go to their places, the lower bar is cut anew.
      const part = state.by === "code" ? turned : 1;
      const cut = (from, to) => (Number.isFinite(to - from) ? from + part * (to - from) : to);
      bars.paint([[kl.images, kl.gap], both ? [cut(kl.images, kl.codes), cut(kl.gap, kl.yours)] : []], [COLOURS.image, COLOURS.code], both ? NAMES : [NAMES[0], ""]);
      const loss = costs(now.q, now.p);
      program.paint([[loss.reconstruction, loss.toPrior], [loss.constant, kl.joint]], [[REBUILT, TO_PRIOR], [CONSTANT, JOINT]], added(loss, kl.joint));
      average.paint(now.q.flat(), now.p.flat());
      write(sort, state.by === "image" ? "Sort by code" : "Sort by image");
      const cutElsewhere = Math.abs(kl.images - kl.codes) > 0.01; // elsewhere than asked, the two cuts can meet
      const left = cutElsewhere ? "Watch the columns." : "Press “Reset”: here both ways to cut fall together.";
      questions[0].paint(state.by === "code" && turned === 1 && cutElsewhere, undefined, state.by === "code" ? left : undefined);
      questions[1].paint(moved(IMAGES));
      questions[2].paint(moved(CODES));
      // One question at a time, with the verdict on the one before.
      questions.forEach((question, n) => (question.element.hidden = (n > 0 && !questions[n - 1].judged()) || Boolean(questions[n + 1]?.judged())));
      kit.say(`by ${state.by}; KL of the joints ${number(kl.joint, 3)}: images ${number(kl.images, 3)}, gap ${number(kl.gap, 3)}; codes ${number(kl.codes, 3)}, yours ${number(kl.yours, 3)}`);
      return texts(measure(state), 3);
    },
  };
}

function slotLabel(image, code) {
  const drawn = svg("g", { transform: "translate(0 -12)" }, picture(pixels(image), 14));
  return svg("g", {}, drawn, svg("text", { x: 19, "font-size": 12 }, code));
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
