// One KL, two splits: the same six steps, in groups by image or by code, end equally high. Each group is two parts, and the
// parts of all groups make the two pieces of a bar, by code the reader's own comparison among them. It shows why the bars of
// `line-up-decoder` are equally long, so it asks nothing.

import { element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { number, signed, texts } from "./draw/format.js";
import { splits } from "./draw/python.js";
import { during, Stairs } from "./draw/stairs.js";
import { COLOURS, ROUNDED, STYLE } from "./draw/strip-style.js";
import { CODES, DATA, DECODER, ENCODER, IMAGES, PRIOR } from "./maths/primer.js";
import { fromData, fromModel, named, parts, slots, sum, transpose } from "./maths/table.js";

export const schema = {
  "by": { "of": ["pairs", "image", "code"], "start": "pairs" }
};

const GIVEN = { prior: PRIOR, decoder: DECODER, data: DATA, encoder: ENCODER };
const [P, Q] = [fromModel(PRIOR, DECODER), fromData(DATA, ENCODER)];
const KL = parts(Q, P);
const STEPS = slots(Q, P, "image").whole;
/** For each group its two parts. */
const grouped = (by) => {
  const { marginal, conditional } = slots(Q, P, by);
  const [first, second] = [marginal, conditional].map((table) => (by === "image" ? table : transpose(table)).map(sum));
  return first.map((value, group) => [value, second[group]]);
};
const PARTS = { image: grouped("image"), code: grouped("code") };

/** What each bar's pieces are called, how large they are, and what they compare. */
const PIECES = {
  image: [["images", KL.images, "how often each image comes"], ["gap", KL.gap, "which code it then gets"]],
  code: [["codes", KL.codes, "how often each code is given"], ["your comparison", KL.yours, "which image it came from"]],
};

const TIME = 2400; // milliseconds that a split takes
const calm = matchMedia("(prefers-reduced-motion: reduce)");
// When the steps stand together again, are sorted, come apart, and are gathered.
const [TOGETHER, SORTED, APART, GATHERED] = [[0, 0.06], [0.06, 0.34], [0.34, 0.44], [0.48, 1]];
const eased = (t) => t * t * (3 - 2 * t);
/** How the steps stand: 0 by image, as they do at first, or 1 by code. */
const wayOf = (by) => Number(by === "code");

export const measure = () => named(KL);

function build(kit) {
  const stairs = new Stairs(COLOURS);
  stairs.name(`A staircase of six steps: ${IMAGES.flatMap((image, x) => CODES.map((code, z) => `${image} and ${code} ${signed(STEPS[x][z], 2)}`)).join(", ")}. It ends at ${number(KL.joint, 2)}.`);
  const buttons = Object.keys(PIECES).map((by) => {
    const made = element("button", { type: "button", class: "lb-main" }, `Split by ${by}`);
    made.addEventListener("click", () => {
      if (kit.state.by === by) began = beginning(); // once more
      kit.set({ by }, true);
    });
    return made;
  });
  const told = Object.fromEntries(Object.keys(PIECES).map((by) => [by, element("div", {}, ...legend(by))]));

  let [from, to, began] = [kit.state.by, kit.state.by, -Infinity];
  const seen = new Set(); // the bars that are there
  /** When a split began: what stands sorted is not sorted again. */
  const beginning = () => performance.now() - (wayOf(from) === wayOf(to) ? TIME * SORTED[1] : 0);

  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sided", style: "--picture: 27rem; --kept: 3rem" },
      element("style", {}, STYLE),
      element("div", { class: "lb-column" }, element("div", { class: "lb-live" }, ...buttons)),
      element("div", { class: "lb-picture" }, stairs.element),
      element("div", { class: "lb-rest" }, ...Object.values(told), element("p", { class: "lb-legend" }, ROUNDED), element("div", { class: "lb-live" }, ...kit.tools())),
    ),
    paint({ by }) {
      if (by !== to) {
        [from, to] = [to, by];
        began = beginning();
        if (by === "pairs") seen.clear();
        else if (from !== "pairs") seen.add(from); // perhaps it was still on its way
      }
      const time = calm.matches || by === "pairs" ? 1 : Math.min(1, (performance.now() - began) / TIME);
      if (time < 1) kit.repaint();
      const stage = (moments) => eased(during(time, moments));
      const [start, end] = [from, to].map(wayOf);
      const split = { image: 0, code: 0 };
      if (from !== to && from !== "pairs") split[from] = 1 - stage(TOGETHER);
      if (to !== "pairs") split[to] = Math.max(split[to], stage(APART));
      if (to !== "pairs" && time === 1) seen.add(to);
      const gathered = Object.fromEntries(Object.keys(PIECES).map((way) => [way, way === to && time < 1 ? during(time, GATHERED) : Number(seen.has(way))]));
      stairs.paint(STEPS, PARTS, { sorted: start + (end - start) * stage(SORTED), split, gathered });
      for (const way of Object.keys(told)) told[way].classList.toggle("lb-unseen", !seen.has(way));
      buttons.forEach((button, n) => button.setAttribute("aria-pressed", String(Object.keys(PIECES)[n] === by)));
      kit.say(`KL of the joints ${number(KL.joint, 2)}${by === "pairs" ? "" : `; by ${by}: ${PIECES[by].map(([name, value]) => `${name} ${number(value, 2)}`).join(", ")}`}`);
      return texts(measure(), 3);
    },
  };
}

/** Below each other the two pieces of a bar, each in its colour. */
const legend = (by) => [
  element("b", {}, `by ${by}`),
  ...PIECES[by].map(([name, value, compared], part) => {
    const called = element("b", { style: `color: ${COLOURS[by][part]}` });
    write(called, `${name} ${number(value, 2)}`);
    return element("p", {}, called, `: ${compared}`);
  }),
];

export const python = () => splits(GIVEN, measure());

export const start = instrument({ schema, build, python });
