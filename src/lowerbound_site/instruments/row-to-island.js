// From a row of the table to the island: p(z|x) of one image, on two tiles of the plane of codes, on twelve, on thousands.

import { choice } from "./controls/choice.js";
import { loadChosen, loadDecoder, loadImages } from "./controls/data.js";
import { change, drawing, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { bitmap, tinted } from "./draw/bitmap.js";
import { number, texts } from "./draw/format.js";
import { atlasOf } from "./draw/plane.js";
import { picture } from "./draw/square.js";
import { LOG_2PI } from "./maths/normal.js";
import { logSumExp } from "./maths/numbers.js";
import { fewest, middles, tiles } from "./maths/tiles.js";
import { Grid, logLikelihoods } from "./maths/vae.js";

export const schema = {
  "codes": { "of": ["2", "12", "324", "5184"], "start": "2" }
};

const PARTS = { 2: [2, 1], 12: [4, 3], 324: [18, 18], 5184: [72, 72] };
const WORDS = { 2: "2", 12: "12", 324: "324", 5184: "5,184" };
const [POINTS, LIMIT] = [72, 5];
const SIDE = 240;

async function load() {
  const [decoder, images, chosen] = await Promise.all([loadDecoder(), loadImages(), loadChosen()]);
  return { decoder, x: images[chosen[2]], which: chosen[2], ...new Grid(decoder, POINTS, LIMIT).posterior(images[chosen[2]]) };
}

/** log p(x), had one decoded only the code in the middle of each tile. */
function roughly({ decoder, x }, parts) {
  const codes = middles(parts, LIMIT);
  const logArea = Math.log((2 * LIMIT) ** 2 / (parts[0] * parts[1]));
  const decoded = logLikelihoods(decoder, x, codes);
  return logSumExp(decoded.map((log, k) => log - LOG_2PI - (codes[2 * k] ** 2 + codes[2 * k + 1] ** 2) / 2 + logArea));
}

export function measure({ codes }, { logEvidence, logMass, decoder, x }) {
  const mass = tiles(logMass, POINTS, PARTS[codes]).flat();
  return { "-log p(x)": -logEvidence, "from the middles alone": -roughly({ decoder, x }, PARTS[codes]), "largest p(z|x)": Math.max(...mass), "codes that hold 95 %": fewest(mass, 0.95) };
}

function build(kit, data) {
  const codes = choice(kit, "codes", "how many tiles", WORDS);
  const digit = drawing(40, 40, { role: "img", "aria-label": "the image x", class: "lb-small" }, picture([...data.x], 40));
  const atlas = tinted("row-to-island-atlas", "var(--lb-ink)", 0.35, true);
  atlas.show(atlasOf(data.decoder, LIMIT), { x: 0, y: 0, width: SIDE, height: SIDE });
  const shade = tinted("row-to-island-shade", "var(--lb-p)", 0.85, true);
  const tries = svg("path", { fill: "var(--lb-ink)", stroke: "var(--lb-paper)" });
  const borders = svg("path", { fill: "none", stroke: "var(--lb-rule-strong)" });
  const plane = drawing(
    SIDE + 40,
    SIDE + 22,
    { role: "img", "aria-label": "the plane of codes, and what they decode to; cut into tiles, each as dark as it is probable" },
    svg("g", { transform: "translate(20 1)" }, atlas.element, shade.element, borders, tries, svg("rect", { width: SIDE, height: SIDE, fill: "none", stroke: "var(--lb-rule-strong)" })),
    svg("text", { x: 20, y: SIDE + 17 }, `z₁ from −${LIMIT} to ${LIMIT}`),
    svg("text", { x: 2, y: 12 }, "z₂"),
  );
  const lines = Array.from({ length: 3 }, () => element("p", {}));
  const question = predict(kit, "Of the 5,184 tiles at the end, how many hold 95 % of p(z|x)?", {
    answers: ["about half", "about a tenth", "about one in a hundred"],
    right: 2,
    because: "The island is small: nearly all places of the plane could hardly have made this image.",
  });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      element("p", { class: "lb-do lb-live" }, "Cut the plane of codes into more and more tiles."),
      question.element,
      codes.element,
      element("div", { class: "lb-beside" }, plane, element("div", {}, digit, element("output", {}, ...lines))),
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
      // Dots in the middles, as long as they can be told apart.
      const dot = (c, r) => `M${((c + 0.5) * SIDE) / n1 - 3} ${((r + 0.5) * SIDE) / n2}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0`;
      change(tries, { d: n1 > 9 ? "" : Array.from({ length: n1 * n2 }, (_, k) => dot(k % n1, Math.floor(k / n1))).join("") });
      codes.paint();
      const shown = measure(state, data);
      const said = [
        `${shown["codes that hold 95 %"]} of ${WORDS[state.codes]} tiles hold 95 % of p(z|x).`,
        `−log p(x), with all codes of the fine grid added up: ${number(shown["-log p(x)"], 1)} nats.`,
        `A short cut: decode one code a tile, the one in its middle${n1 > 9 ? "" : " (the dots)"}. That gives ${number(shown["from the middles alone"], 1)}${
          shown["from the middles alone"] > shown["-log p(x)"] + 1 ? ", which is wrong: no dot is where p(z|x) is large" : ": now it works, as some are where p(z|x) is large"}.`,
      ];
      const says = said.join(" ");
      lines.forEach((line, i) => write(line, said[i]));
      question.paint(state.codes === "5184");
      kit.say(says);
      const nats = { "-log p(x)": shown["-log p(x)"], "from the middles alone": shown["from the middles alone"] };
      return { ...texts(nats, 1), ...texts({ "largest p(z|x)": shown["largest p(z|x)"] }, 3), "codes that hold 95 %": String(shown["codes that hold 95 %"]) };
    },
  };
}

export const python = ({ codes }, { which }) => `\
import math

import torch

from lowerbound import Grid, digits, trained_digits

x, vae = digits().held_out[[${which}]], trained_digits()
grid = Grid(vae, points=${POINTS}, limit=${LIMIT})
print(f"-log p(x) = {-grid.log_evidence(x).item():.1f}")

z1, z2 = (((2 * torch.arange(n).double() + 1) / n - 1) * ${LIMIT} for n in (${PARTS[codes]}))
log_joint = vae.log_joint(x, torch.cartesian_prod(z1, z2))  # at the middle of each tile
rough = log_joint.logsumexp(0).item() + math.log(${(2 * LIMIT) ** 2} / ${codes})
print(f"from the middles alone = {-rough:.1f}")

cells = grid.posterior(x).mass.reshape(${PARTS[codes][0]}, ${POINTS / PARTS[codes][0]}, ${PARTS[codes][1]}, ${POINTS / PARTS[codes][1]})
tiles = cells.sum((1, 3)).flatten()  # p(z|x), z one of ${WORDS[codes]} tiles
print(f"largest p(z|x) = {tiles.max():.3f}")
held = tiles.sort(descending=True).values.cumsum(0)
print(f"codes that hold 95 % = {int((held < 0.95).sum()) + 1}")
`;

export const start = instrument({ schema, load, build, python });
