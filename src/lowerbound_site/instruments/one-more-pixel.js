// Why logs: the probability of an image is a product, a factor for each pixel; minus its log is a sum, a step for each.

import { change, drawing, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { number, significant } from "./draw/format.js";
import { picture } from "./draw/ink.js";
import { prints } from "./draw/python.js";
import { pixels } from "./maths/primer.js";

export const schema = {
  "pixels": { "from": 1, "to": 64, "step": 1, "start": 8 },
  "each": { "from": 0.5, "to": 1, "step": 0.01, "start": 0.9 }
};

const [LEFT, WIDE, HIGH] = [8, 5, 70];
const [UPPER, LOWER] = [96, 200]; // where the columns of the two rows stand
const NATS = 7; // as high as a row

export const measure = ({ pixels: count, each }) => ({ probability: each ** count, cost: -count * Math.log(each) });

function build(kit) {
  const rows = { probability: svg("path", { fill: "var(--lb-p)" }), cost: svg("path", { fill: "var(--lb-data)" }) };
  const ground = (y) => svg("path", { d: `M${LEFT} ${y}h${64 * WIDE}`, stroke: "var(--lb-rule-strong)" });
  const name = (y, text) => svg("text", { x: LEFT, y }, text);
  const above = svg("text", { x: LEFT + 64 * WIDE, y: LOWER - HIGH - 8, "text-anchor": "end" }, "higher than this");
  const digit = svg("g", {});
  const chart = drawing(
    340,
    LOWER + 20,
    { role: "img", "aria-label": "the probability of the first pixels, a column for each number of them, and below it minus its log" },
    rows.probability,
    rows.cost,
    svg("g", { transform: `translate(${LEFT + 64 * WIDE - 56} 6)` }, svg("rect", { width: 56, height: 56, fill: "none", stroke: "var(--lb-rule-strong)" }), digit),
    ground(UPPER),
    ground(LOWER),
    name(UPPER - HIGH - 8, "probability, from 0 to 1"),
    name(LOWER - HIGH - 8, "minus its log, from 0 to 7"),
    above,
    name(LOWER + 16, "1 pixel"),
    svg("text", { x: LEFT + 64 * WIDE, y: LOWER + 16, "text-anchor": "end" }, "64 pixels"),
  );
  const more = axisSlider(kit, "pixels", "pixels", { small: 1, large: 8, page: 8 });
  const each = axisSlider(kit, "each", "probability of each", { small: 0.01, large: 0.05, page: 0.1 });
  const lines = Array.from({ length: 2 }, () => element("p", { style: "overflow-wrap: anywhere" }));
  const question = predict(kit, "Each pixel is right with probability 0.9. How probable is it that all 64 are?", {
    answers: ["about 0.9", "about a half", "about one in a thousand"],
    right: 2,
    because: "Nine tenths of nine tenths, and so on, 64 times. In the lower row nothing vanishes: each pixel is one more step.",
  });
  const all = pixels("seven");
  const todo = element("p", { class: "lb-do lb-live" });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sided" },
      element("div", { class: "lb-column" },
        question.element,
        element("output", { "aria-live": "off" }, ...lines),
        todo,
        more.element,
        each.element,
        element("div", { class: "lb-live lb-after" }, ...kit.tools())),
      element("div", { class: "lb-picture" }, chart),
    ),
    paint(state) {
      const shown = measure(state);
      const step = -Math.log(state.each);
      const column = (bottom, tall) => (_, k) => `M${LEFT + k * WIDE} ${bottom}v${-Math.round(10 * Math.min(HIGH, tall(k + 1))) / 10}h${WIDE - 1}V${bottom}z`;
      const columns = (bottom, tall) => Array.from({ length: state.pixels }, column(bottom, tall)).join("");
      change(rows.probability, { d: columns(UPPER, (n) => HIGH * state.each ** n) });
      change(rows.cost, { d: columns(LOWER, (n) => (HIGH * n * step) / NATS) });
      change(above, { visibility: shown.cost > NATS ? "visible" : "hidden" });
      digit.replaceChildren(picture(all.map((ink, d) => (d < state.pixels ? ink : 0)), 56), svg("path", { d: ahead(state.pixels), fill: "var(--lb-rule)" }));
      write(todo, state.pixels < 64 ? "Take more and more pixels, up to the whole image." : "That is the whole image. Now change how probable each pixel is to be right.");
      more.paint("taken");
      each.paint("to be right");
      const factors = (between, value) => Array.from({ length: Math.min(3, state.pixels) }, () => value).join(between) + (state.pixels > 3 ? `${between}…` : "");
      const said = [
        `probability: ${factors(" · ", number(state.each, 2))} = ${significant(shown.probability, 2)}`,
        `minus its log: ${factors(" + ", number(step, 3))} = ${number(shown.cost, 2)}`,
      ];
      lines.forEach((line, i) => write(line, said[i]));
      question.paint(state.pixels === 64 && state.each === 0.9, undefined, state.each === 0.9 ? "Now slide “pixels” to the right end, to 64." : "Slide “probability of each” back to 0.9, and “pixels” to 64.");
      kit.say(said.join("; "));
      return { probability: number(shown.probability, 4), cost: number(shown.cost, 3) };
    },
  };
}

/** What is not taken yet, as a shade over the image of 56 by 56. */
function ahead(count) {
  const [row, column] = [7 * Math.floor(count / 8), 7 * (count % 8)];
  return count < 64 ? `M${column} ${row}H56V56H0V${row + 7}H${column}z` : "";
}

export const python = (state) => `\
from math import log, prod

pixels = [${state.each}] * ${state.pixels}
${prints({}, { "probability": "prod(pixels)" }, 4)}${prints({}, { "cost": "-sum(log(pixel) for pixel in pixels)" })}`;

export const start = instrument({ schema, build, python });
