// A mirror that is wrong: encoder and decoder undo each other, each answers the other rightly, and the prior alone decides
// how often the model makes each image.

import { Border } from "./controls/border.js";
import { change, drawing, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { Bars } from "./draw/bars.js";
import { number, probability, texts } from "./draw/format.js";
import { splits } from "./draw/python.js";
import { IMAGES, pixels } from "./maths/primer.js";
import { fromData, fromModel, named, parts } from "./maths/table.js";

export const schema = {
  "first": { "from": 0.05, "to": 0.9, "step": 0.05, "start": 0.1 },
  "second": { "from": 0.1, "to": 0.95, "step": 0.05, "start": 0.2 }
};

const LEAST = 0.05; // of each code, so that every pair keeps its place
const DATA = [0.7, 0.2, 0.1];
const IDENTITY = IMAGES.map((_, x) => IMAGES.map((_, z) => Number(x === z)));

/** Where the second border is: it leaves the second code room. */
const second = (state) => Math.max(state.second, state.first + LEAST);
/** The prior's three shares, in whole twentieths. */
const prior = (state) => [state.first, second(state) - state.first, 1 - second(state)].map((share) => Math.round(20 * share) / 20);
const given = (state) => ({ prior: prior(state), decoder: IDENTITY, data: DATA, encoder: IDENTITY });

export function measure(state) {
  const all = given(state);
  return named(parts(fromData(all.data, all.encoder), fromModel(all.prior, all.decoder)));
}

const [WIDTH, TOP, ROW, SIZE, LINE] = [340, 26, 38, 13, 10]; // a small image's size, how many stand in a line
const [PILES, CODE] = [[128, 212], 170]; // where the two piles end and begin, where the codes stand
const MADE = 20; // images on either side
const [BAR_TOP, TALL] = [TOP + 3 * ROW + 56, 28];

/** The ink of an image, row by row: [column, row, pixels in a row]. The images have empty edges, so no run goes on in the next row. */
const runs = (pixel) => [...pixel.map((ink) => (ink ? "#" : " ")).join("").matchAll(/#+/g)].map(({ 0: run, index }) => [index % 8, index >> 3, run.length]);
const DOT = (SIZE - 2) / 8;

/** A pile of one image, on one side, in two lines from the middle outwards. */
class Pile {
  constructor(x, side) {
    Object.assign(this, { side, middle: TOP + (x + 0.5) * ROW, runs: runs(pixels(IMAGES[x])) });
    this.element = svg("path", { stroke: "var(--lb-ink)", "stroke-width": DOT * 1.04 });
  }

  paint(count) {
    const top = this.middle - (count > LINE ? SIZE : SIZE / 2);
    const one = (n) => {
      const left = this.side ? PILES[1] + SIZE * (n % LINE) : PILES[0] - SIZE * ((n % LINE) + 1);
      const at = (column, row) => `${(left + column * DOT).toFixed(1)} ${(top + SIZE * Math.floor(n / LINE) + (row + 0.5) * DOT).toFixed(1)}`;
      return this.runs.map(([column, row, length]) => `M${at(column, row)}h${(length * DOT).toFixed(1)}`).join("");
    };
    change(this.element, { d: Array.from({ length: count }, (_, n) => one(n)).join("") });
  }
}

function build(kit) {
  const rows = IMAGES.map((_, x) => {
    const y = TOP + (x + 0.5) * ROW;
    const arrow = (from, to, hue) => svg("path", { d: `M${from} ${y}H${to}m-5 -4l5 4l-5 4`, fill: "none", stroke: `var(--lb-${hue})`, "stroke-width": 2 });
    return svg("g", {}, arrow(PILES[0] + 6, CODE - 26, "q"), svg("text", { x: CODE, y: y + 4, "text-anchor": "middle" }, `code ${x + 1}`), arrow(CODE + 26, PILES[1] - 6, "p"));
  });
  const counts = (shares) => shares.map((share) => Math.round(MADE * share));
  const [ofData, ofModel] = [0, 1].map((side) => IMAGES.map((_, x) => new Pile(x, side)));
  const heads = [[PILES[0], "end", "var(--lb-data)", `${MADE} from the data`], [PILES[1], "start", "var(--lb-p)", `${MADE} from the model`]]
    .map(([x, anchor, fill, text]) => svg("text", { x, y: 16, "text-anchor": anchor, fill, "font-weight": 600 }, text));
  const shares = IMAGES.map((_, z) => ({
    area: svg("rect", { y: BAR_TOP, height: TALL, stroke: "var(--lb-paper)", "stroke-width": 2, style: `fill: color-mix(in srgb, var(--lb-p) ${20 + 14 * z}%, var(--lb-paper))` }),
    name: svg("text", { y: BAR_TOP + 18, "text-anchor": "middle", "font-size": 11 }),
  }));
  const borders = ["first", "second"].map((key) => new Border(kit, key, `${key} border of the prior`, { steps: { small: 0.05, large: 0.1, page: 0.2 }, mute: true }));
  const plot = drawing(
    WIDTH,
    BAR_TOP + TALL + 30,
    { width: "25rem", style: "overflow: visible", role: "group", "aria-label": "images of the data, their codes, and images that the model makes" },
    ...heads,
    ...rows,
    ...[...ofData, ...ofModel].map((pile) => pile.element),
    svg("text", { y: BAR_TOP - 36, fill: "var(--lb-p)", "font-weight": 600 }, "p(z), the prior: how often the model draws each code"),
    ...shares.flatMap(({ area, name }) => [area, name]),
    ...borders.map((border) => border.element),
  );
  const bars = new Bars(["gap: q(z|x) against p(z|x)", "and q(x|z) against p(x|z)", "images: q(x) against p(x)"], { scale: 150 });
  const question = predict(kit, "Change how often the model draws each code, and leave both networks as they are. Which of the three bars will move?", {
    answers: ["all three", "the images alone", "none of them"],
    right: 1,
    because: "Each code still comes from one image and makes that image. No comparison of the two networks sees how often.",
  });
  counts(DATA).forEach((count, x) => ofData[x].paint(count));
  let before = kit.state.second;
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sided", style: "--picture: 23rem" },
      element("div", { class: "lb-column" }, question.element),
      element("div", { class: "lb-picture" },
        plot,
        element("p", { class: "lb-legend" }, "The encoder, orange, gives each image its own code, and the decoder, blue, makes that image of it.")),
      element("div", { class: "lb-rest" },
        bars.element,
        element("p", { class: "lb-legend" }, "All in nats."),
        element("div", { class: "lb-tools lb-live" }, ...kit.tools())),
    ),
    paint(state) {
      // The border that moves pushes the other one along.
      if (state.second < second(state) - 1e-9) kit.set(state.second === before ? { second: second(state) } : { first: state.second - LEAST });
      before = state.second;
      const now = prior(state);
      counts(now).forEach((count, x) => ofModel[x].paint(count));
      let from = 0;
      shares.forEach(({ area, name }, z) => {
        change(area, { x: from * WIDTH, width: now[z] * WIDTH });
        change(name, { x: (from + now[z] / 2) * WIDTH });
        write(name, now[z] > 0.2 ? `code ${z + 1}: ${probability(now[z])}` : `${z + 1}`);
        from += now[z];
      });
      // One handle above the bar, one below: they can come close.
      borders.forEach((border, n) => {
        const { from: least, to: most } = schema[border.key];
        border.paint({ along: "x", from: least * WIDTH, to: most * WIDTH, span: [BAR_TOP - 11, BAR_TOP + TALL + 11], at: n });
      });
      const { gap, yours, "KL(q(x)||p(x))": images } = measure(state);
      bars.paint([[gap], [yours], [images]], [["var(--lb-gap)"], ["var(--lb-data)"], ["var(--lb-p)"]]);
      question.paint(state.first !== schema.first.start || state.second !== schema.second.start, undefined, "Now drag an arrow of the prior.");
      kit.say(`of ${MADE} images the model makes ${IMAGES.map((image, x) => `${counts(now)[x]} ${image}`).join(", ")}; images ${number(images, 3)}, gap ${number(gap, 3)}, yours ${number(yours, 3)}`);
      return texts(measure(state), 3);
    },
  };
}

export const python = (state) => splits(given(state), measure(state));

export const start = instrument({ schema, build, python });
