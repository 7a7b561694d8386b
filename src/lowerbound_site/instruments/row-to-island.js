// From a row of the table to the island: p(z|x) of one image, with two codes, with twelve, with thousands.

import { choice } from "./controls/choice.js";
import { loadChosen, loadDecoder, loadImages } from "./controls/data.js";
import { change, drawing, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { bitmap, tinted } from "./draw/bitmap.js";
import { number, texts } from "./draw/format.js";
import { atlasOf } from "./draw/plane.js";
import { picture } from "./draw/square.js";
import { fewest, tiles } from "./maths/tiles.js";
import { Grid } from "./maths/vae.js";

export const schema = {
  "codes": { "of": ["2", "12", "324", "5184"], "start": "324" }
};

const PARTS = { 2: [2, 1], 12: [4, 3], 324: [18, 18], 5184: [72, 72] };
const WORDS = { 2: "2", 12: "12", 324: "324", 5184: "5,184" };
const [POINTS, LIMIT] = [72, 5];
const [ROW, HIGH, SIDE] = [320, 36, 240];

async function load() {
  const [decoder, images, chosen] = await Promise.all([loadDecoder(), loadImages(), loadChosen()]);
  return { decoder, x: images[chosen[2]], which: chosen[2], ...new Grid(decoder, POINTS, LIMIT).posterior(images[chosen[2]]) };
}

export function measure({ codes }, { logEvidence, logMass }) {
  const mass = tiles(logMass, POINTS, PARTS[codes]).flat();
  return { "-log p(x)": -logEvidence, "largest p(z|x)": Math.max(...mass), "codes that hold 95 %": fewest(mass, 0.95) };
}

function build(kit, data) {
  const codes = choice(kit, "codes", "how many codes", WORDS);
  const cells = [0.3, 0.55].map((opacity) => svg("path", { fill: "var(--lb-p)", "fill-opacity": opacity }));
  const row = drawing(
    ROW + 44,
    HIGH + 2,
    { role: "img", "aria-label": "the row of this image: one cell a code, as wide as p(z|x)" },
    svg("g", { transform: "translate(0 3)" }, picture([...data.x], 30)),
    svg("g", { transform: "translate(42 1)" }, ...cells, svg("rect", { width: ROW, height: HIGH, fill: "none", stroke: "var(--lb-p)" })),
  );
  const atlas = tinted("row-to-island-atlas", "var(--lb-ink)", 0.35, true);
  atlas.show(atlasOf(data.decoder, LIMIT), { x: 0, y: 0, width: SIDE, height: SIDE });
  const shade = tinted("row-to-island-shade", "var(--lb-p)", 0.85, true);
  const borders = svg("path", { fill: "none", stroke: "var(--lb-rule-strong)" });
  const plane = drawing(
    SIDE + 40,
    SIDE + 22,
    { role: "img", "aria-label": "the plane of codes, and what they decode to; cut into tiles, each as dark as it is probable" },
    svg("g", { transform: "translate(20 1)" }, atlas.element, shade.element, borders, svg("rect", { width: SIDE, height: SIDE, fill: "none", stroke: "var(--lb-rule-strong)" })),
    svg("text", { x: 20, y: SIDE + 17 }, `z₁ from −${LIMIT} to ${LIMIT}`),
    svg("text", { x: 2, y: 12 }, "z₂"),
  );
  const told = element("output", {});
  const question = predict(kit, "Cut the plane of codes into 5,184 tiles. How many of them hold 95 % of p(z|x)?", {
    answers: ["about half", "about a tenth", "about one in a hundred"],
    right: 2,
    because: "The island is small: nearly all places of the plane could hardly have made this image.",
  });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      element("p", { class: "lb-do lb-live" }, "Go down to two codes, then take more and more. Follow the row into the plane."),
      question.element,
      codes.element,
      element("p", {}, "One row of the table. Each cell is a code, and as wide as p(z|x)."),
      row,
      element("p", {}, "The same cells in their places, as dark as probable, over what the decoder draws there."),
      element("div", { class: "lb-beside" }, plane, element("div", {}, told)),
      element("div", { class: "lb-live" }, ...kit.tools()),
    ),
    paint(state) {
      const [n1, n2] = PARTS[state.codes];
      const mass = tiles(data.logMass, POINTS, [n1, n2]);
      const peak = Math.max(...mass.flat());
      const url = bitmap(n1, n2, (c, r) => mass[c][n2 - 1 - r] / peak);
      shade.show(url, { x: 0, y: 0, width: SIDE, height: SIDE });
      const inner = (count, line) => Array.from({ length: count - 1 }, (_, k) => line(((k + 1) * SIDE) / count)).join("");
      change(borders, { d: n1 > 20 ? "" : inner(n1, (at) => `M${at} 0V${SIDE}`) + inner(n2, (at) => `M0 ${at}H${SIDE}`), "stroke-opacity": n1 > 9 ? 0.4 : 1 });
      const paths = ["", ""];
      let from = 0;
      mass.flat().forEach((part, i) => {
        // What is thinner than a hair is not drawn.
        if (part * ROW > 0.02) paths[i % 2] += `M${from.toFixed(2)} 0h${(part * ROW).toFixed(2)}v${HIGH}h${(-part * ROW).toFixed(2)}z`;
        from += part * ROW;
      });
      cells.forEach((cell, i) => change(cell, { d: paths[i] }));
      codes.paint();
      const shown = measure(state, data);
      const says = `The largest cell holds ${number(shown["largest p(z|x)"], 3)}, and ${shown["codes that hold 95 %"]} of ${WORDS[state.codes]} hold 95 %. Before it is divided, the row adds up to p(x): −log p(x) = ${number(shown["-log p(x)"], 1)}.`;
      write(told, says);
      question.paint(state.codes === "5184");
      kit.say(says);
      return { ...texts({ "-log p(x)": shown["-log p(x)"] }, 1), ...texts({ "largest p(z|x)": shown["largest p(z|x)"] }, 3), "codes that hold 95 %": String(shown["codes that hold 95 %"]) };
    },
  };
}

export const python = ({ codes }, { which }) => `\
from lowerbound import Grid, digits, trained_digits

x = digits().held_out[[${which}]]
grid = Grid(trained_digits(), points=${POINTS}, limit=${LIMIT})
print(f"-log p(x) = {-grid.log_evidence(x).item():.1f}")
cells = grid.posterior(x).log_mass.exp().reshape(${PARTS[codes][0]}, ${POINTS / PARTS[codes][0]}, ${PARTS[codes][1]}, ${POINTS / PARTS[codes][1]})
tiles = cells.sum((1, 3)).flatten()  # p(z|x), z one of ${WORDS[codes]} tiles
print(f"largest p(z|x) = {tiles.max():.3f}")
held = tiles.sort(descending=True).values.cumsum(0)
print(f"codes that hold 95 % = {int((held < 0.95).sum()) + 1}")
`;

export const start = instrument({ schema, load, build, python });
