// From a row of the table to the island: p(z|x) of one image, on two tiles of the plane of codes, on twelve, on thousands.

import { choice } from "./controls/choice.js";
import { loadChosen, loadDecoder, loadImages } from "./controls/data.js";
import { change, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { SIDE, atlas } from "./draw/atlas.js";
import { bitmap, tinted } from "./draw/bitmap.js";
import { number, texts } from "./draw/format.js";
import { pixels } from "./draw/pixels.js";
import { fewest, tiles } from "./maths/tiles.js";
import { Grid } from "./maths/vae.js";

export const schema = {
  "codes": { "of": ["2", "12", "324", "5184"], "start": "12" }
};

const PARTS = { 2: [2, 1], 12: [4, 3], 324: [18, 18], 5184: [72, 72] };
const WORDS = { 2: "2", 12: "12", 324: "324", 5184: "5,184" };
const NUMBERS = [1, 2, 3, 4]; // of a code, each cut as finely
const [POINTS, LIMIT] = [72, 5];

async function load() {
  const [decoder, images, chosen] = await Promise.all([loadDecoder(), loadImages(), loadChosen()]);
  return { decoder, x: images[chosen[2]], which: chosen[2], ...new Grid(decoder, POINTS, LIMIT).posterior(images[chosen[2]]) };
}

export function measure({ codes }, { logEvidence, logMass }) {
  const mass = tiles(logMass, POINTS, PARTS[codes]).flat();
  return { "-log p(x)": -logEvidence, "largest p(z|x)": Math.max(...mass), "codes that hold 95 %": fewest(mass, 0.95) };
}

function build(kit, data) {
  const codes = choice(kit, "codes", "how many tiles", WORDS);
  const digit = pixels("var(--lb-data)");
  change(digit.element, { style: "grid-template-columns: auto 3.2rem; align-items: center; justify-content: start" });
  digit.paint(data.x, "<i>x</i>");
  const shade = tinted("row-to-island-shade", "var(--lb-p)", 0.7, true);
  const borders = svg("path", { fill: "none", stroke: "var(--lb-rule-strong)" });
  const label = "the plane of codes, and what they decode to; cut into tiles, each as dark as it is probable";
  const plane = atlas("row-to-island", { decoder: data.decoder, limit: LIMIT, label }, shade.element, borders);
  change(plane, { width: "100%", "font-size": 9 });
  shade.element.parentNode.prepend(shade.element); // under the digits: they are to be seen
  const lines = Array.from({ length: 3 }, () => element("p", {}));
  const question = predict(kit, "Here z has two numbers, and finely cut, p(x) is a sum over 5,184 tiles. Over how many would it be if z had four?", {
    answers: ["10 thousand", "373 thousand", "27 million"],
    right: 2,
    because: `Each number is cut into ${POINTS} parts, so each further number of z takes ${POINTS} times as many tiles.`,
  });
  const todo = element("p", { class: "lb-do lb-live" });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sided", style: "--picture: 24rem" },
      element("div", { class: "lb-column" },
        digit.element,
        question.element,
        todo,
        codes.element),
      element("div", { class: "lb-picture" }, plane),
      element("div", { class: "lb-rest" },
        element("output", { "aria-live": "off" }, ...lines),
        element("div", { class: "lb-live" }, ...kit.tools())),
    ),
    paint(state) {
      const [n1, n2] = PARTS[state.codes];
      const mass = tiles(data.logMass, POINTS, [n1, n2]);
      const peak = Math.max(...mass.flat());
      const url = bitmap(n1, n2, (c, r) => mass[c][n2 - 1 - r] / peak);
      shade.show(url, { x: 0, y: 0, width: SIDE, height: SIDE });
      const inner = (count, line) => Array.from({ length: count - 1 }, (_, k) => line(((k + 1) * SIDE) / count)).join("");
      change(borders, { d: n1 > 20 ? "" : inner(n1, (at) => `M${at} 0V${SIDE}`) + inner(n2, (at) => `M0 ${at}H${SIDE}`), "stroke-opacity": n1 > 9 ? 0.4 : 1 });
      codes.paint();
      const finest = state.codes === "5184";
      const next = finest ? "The plane is cut as finely as it goes here." : "Cut the plane of codes into more and more tiles. At last choose “5,184”.";
      const shown = measure(state, data);
      const said = [
        `${shown["codes that hold 95 %"]} of ${WORDS[state.codes]} tiles hold 95 % of p(z|x).`,
        `Added up, all ${WORDS[state.codes]} give p(x), however the plane is cut: −log p(x) is ${number(shown["-log p(x)"], 1)} nats.`,
        finest ? `Tiles for a z of ${NUMBERS.map((n) => `${n} ${n > 1 ? "numbers" : "number"}: ${(POINTS ** n).toLocaleString("en")}`).join("; of ")}.` : "",
      ];
      const says = said.join(" ").trim();
      lines.forEach((line, i) => write(line, said[i]));
      question.paint(finest, undefined, next);
      write(todo, next);
      todo.hidden = question.answered() && !question.judged(); // then the same stands where the verdict will
      kit.say(says);
      return { ...texts({ "-log p(x)": shown["-log p(x)"] }, 1), ...texts({ "largest p(z|x)": shown["largest p(z|x)"] }, 3), "codes that hold 95 %": String(shown["codes that hold 95 %"]) };
    },
  };
}

export const python = ({ codes }, { which }) => `\
from lowerbound import Grid, digits, trained_digits

x, vae = digits().held_out[[${which}]], trained_digits()
grid = Grid(vae, points=${POINTS}, limit=${LIMIT})
print(f"-log p(x) = {-grid.log_evidence(x).item():.1f}")

cells = grid.posterior(x).mass.reshape(${PARTS[codes][0]}, ${POINTS / PARTS[codes][0]}, ${PARTS[codes][1]}, ${POINTS / PARTS[codes][1]})
tiles = cells.sum((1, 3)).flatten()  # p(z|x), z one of ${WORDS[codes]} tiles
print(f"largest p(z|x) = {tiles.max():.3f}")
held = tiles.sort(descending=True).values.cumsum(0)
print(f"codes that hold 95 % = {int((held < 0.95).sum()) + 1}")
`;

export const start = instrument({ schema, load, build, python });
