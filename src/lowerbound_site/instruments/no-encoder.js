// Two decoders that were trained without an encoder, a smooth one and one that can wind: the same walk in both.

import { fetched, loadImages } from "./controls/data.js";
import { change, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { digits } from "./draw/digits.js";
import { number, texts } from "./draw/format.js";
import { atlasOf, plane } from "./draw/plane.js";
import { STYLE } from "./draw/walker-style.js";
import { shown, speed, unpack, way } from "./maths/walk.js";

export const schema = {
  "z1": { "from": -2, "to": 2, "step": 0.01, "start": -2 }
};

const KINDS = { smooth: "smooth network", winding: "winding network" };
const LIMIT = 3; // of both maps
const FROM = [-2, 0]; // where the walk begins
const [DIGIT, DRAWS] = [1, 60]; // of the held-out digits, and places that could have made it
const PICTURES = 9;
const MOST = 800; // pixels along a bar
const WALKED = 1.9; // as far as one has to go before the answer is seen
const STEP = 1 / 6; // of the second layer's weights
const AXIS = [-21, -18]; // nats

export const load = async () => {
  const [decoders, fits, images] = await Promise.all([
    fetched("without-encoder.bin", async (answer) => unpack(await answer.arrayBuffer(), Object.keys(KINDS), "winding", DRAWS, STEP)),
    fetched("without-encoder.json", (answer) => answer.json()),
    loadImages(),
  ]);
  return { decoders, fits, x: images[DIGIT] };
};

const changed = (kind) => `pixels changed, ${kind}`;

/** By how much the picture changed on the way so far, in pixels; each counts as often as it does. */
export const measure = ({ z1 }, { decoders }) =>
  Object.fromEntries(Object.keys(KINDS).map((kind) => [changed(kind), (z1 - FROM[0]) * speed(decoders[kind].decoder, FROM, [z1, 0])]));

/** A map with the walk on it, and what was decoded on the way. */
function half({ decoder, codes }, kind) {
  const field = plane(`no-encoder-${kind}`, LIMIT);
  const dots = svg("path", { class: "lb-line", stroke: "var(--lb-p)", "stroke-width": 5, "stroke-linecap": "round", "stroke-opacity": 0.6, d: codes.map(([z1, z2]) => `M${z1.toFixed(2)} ${(-z2).toFixed(2)}h0`).join("") });
  const walked = svg("path", { class: "lb-line lb-way" });
  const you = svg("circle", { r: LIMIT / 24, fill: "var(--lb-ink)", cy: 0 });
  field.marks.append(dots, walked, svg("circle", { class: "lb-line lb-way-start", cx: FROM[0], cy: 0, r: 0.1 }), you);
  field.showAtlas(atlasOf(decoder, LIMIT, 3)); // faint, and heavy in the recorded picture
  field.showIsland(false);
  const here = digits(`no-encoder-here-${kind}`, "var(--lb-ink)", 1, "decoded here");
  const nine = digits(`no-encoder-nine-${kind}`, "var(--lb-ink)", 3, "on the way");
  const length = element("i", { class: "lb-piece-grey" });
  const told = element("p", {});
  return {
    element: element("div", { class: "lb-half" },
      element("p", { class: "lb-do" }, KINDS[kind]),
      field.element,
      element("div", { class: "lb-nine" }, here.element, nine.element),
      told,
      element("div", { class: "lb-track", "aria-hidden": "true" }, length)),
    paint(z1, pixels, text) {
      const stops = way(FROM, [z1, 0], PICTURES);
      change(walked, { d: `M${FROM[0]} 0H${z1}` });
      change(you, { cx: z1 });
      const seen = shown(decoder, stops);
      here.paint(seen.slice(-1));
      nine.paint(seen);
      length.style.width = `${Math.min(100, (100 * pixels) / MOST)}%`;
      write(told, `${text} pixels changed so far`);
    },
  };
}

/** log p(x) of the five trainings of each kind, on one axis. */
function fitting(fits) {
  const across = (nats) => (100 * (nats - AXIS[0])) / (AXIS[1] - AXIS[0]);
  const row = (kind) => element("div", {},
    `${KINDS[kind]}, ${number(Math.min(...fits[kind]), 1)} to ${number(Math.max(...fits[kind]), 1)}`,
    element("div", { class: "lb-track" }, ...fits[kind].map((nats) => element("i", { class: "lb-tick", style: `left: ${across(nats).toFixed(1)}%` }))));
  return element("div", { class: "lb-bar" }, ...Object.keys(KINDS).map(row));
}

function build(kit, data) {
  const { decoders, fits, x } = data;
  const halves = Object.keys(KINDS).map((kind) => ({ kind, ...half(decoders[kind], kind) }));
  const walk = axisSlider(kit, "z1", "z₁", { small: 0.02, large: 0.2, page: 1 });
  const ask = predict(kit, "Walk from left to right through both maps. Which of the two decoders will find unseen digits more probable?", {
    answers: ["the smooth one", "both about equally", "the winding one"],
    todo: "Now slide z₁ to the right end.",
    right: 2,
    because: "Order does not enter: p(x) is an average over all places. Why the winding ones fit better, nothing here says.",
  });
  const given = digits("no-encoder-x", "var(--lb-data)", 1, "<i>x</i>");
  const fit = element("div", { class: "lb-told" }, element("p", {}, "log p(x) of unseen digits, average nats, five trainings each:"), fitting(fits));
  given.paint([x]);
  return {
    stage: element("div", { class: "lb-stage lb-sided lb-noisy" },
      element("style", {}, STYLE),
      element("div", { class: "lb-column" }, ask.element, walk.element),
      element("div", { class: "lb-picture" }, ...halves.map((one) => one.element)),
      element("div", { class: "lb-rest" },
        element("div", { class: "lb-made" }, given.element, element("p", { class: "lb-legend" }, `Blue: places that could have made this unseen digit, ${DRAWS} draws from p(z|x).`)),
        fit,
        element("div", { class: "lb-live" }, ...kit.tools()))),
    paint(state) {
      const found = measure(state, data);
      const numbers = texts(found, 0);
      for (const { kind, paint } of halves) paint(state.z1, found[changed(kind)], numbers[changed(kind)]);
      const said = Object.keys(KINDS).map((kind) => `${KINDS[kind]}: ${numbers[changed(kind)]} pixels changed`).join(", ");
      walk.paint(said);
      ask.paint(state.z1 >= WALKED);
      fit.style.visibility = ask.judged() ? "" : "hidden";
      kit.say(said);
      return numbers;
    },
  };
}

const python = ({ z1 }) => `\
from importlib.resources import files

from safetensors.torch import load
from torch import float64, linspace, stack, zeros_like

# Two decoders trained without an encoder; the second layer is in sixths.
kept = files("lowerbound").joinpath("trained/without-encoder.safetensors").read_bytes()
weights = {name: tensor.double() for name, tensor in load(kept).items()}


def picture(kind, z):
    w1, b1, w2, b2 = (weights[f"{kind}.{n}"] for n in ("weight1", "bias1", "weight2", "bias2"))
    sums = z @ w1.T + b1
    hidden = sums.sin() if kind == "winding" else sums * sums.sigmoid()
    return (hidden @ w2.T / 6 + b2).sigmoid()


length = ${z1} - ${FROM[0]}
steps = max(1, int(-(-32 * length // 1)))
line = linspace(${FROM[0]}, ${z1}, steps + 1, dtype=float64)
for kind in ("smooth", "winding"):
    changes = picture(kind, stack([line, zeros_like(line)], 1)).diff(dim=0).abs().sum()
    print(f"pixels changed, {kind} = {changes:.0f}")
`;

export const start = instrument({ schema, load, build, python });
