// Noise, KL, smooth network: one of them left out, and the VAE trained anew. In the hand, the end of a walk on the map.

import { choice } from "./controls/choice.js";
import { fetched } from "./controls/data.js";
import { change, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { point } from "./controls/point.js";
import { predict } from "./controls/predict.js";
import { digits } from "./draw/digits.js";
import { number } from "./draw/format.js";
import { loadWalkers, walkerMap } from "./draw/walker.js";
import { STYLE } from "./draw/walker-style.js";
import { shown, speed, way } from "./maths/walk.js";

export const schema = {
  "left": { "of": ["nothing", "noise", "kl", "smooth"], "start": "nothing" },
  "z1": { "from": -4, "to": 4, "step": 0.05, "start": 2 },
  "z2": { "from": -4, "to": 4, "step": 0.05, "start": 0 }
};

const RUN = 3; // of five, the fourth: the one on the map
const ORDER = [RUN, 0, 1, 2, 4]; // of the strips: it stands first
const LIMIT = 4; // of the map
const FROM = [-2, 0]; // where each walk begins
const PICTURES = 9;
const BREAKS = 30; // pixels on a unit of the way

const LEFT = { nothing: "nothing", noise: "the noise", kl: "the KL", smooth: "the smooth network" };
const TAKEN = Object.keys(LEFT).slice(1);
const TOLD = {
  nothing: "All three: the codes lie about as wide as the prior.",
  noise: "No noise: the codes crowd.",
  kl: "No KL: the codes run apart.",
  smooth: "In place of the smooth network, one of steep sine waves, trained with noise and KL.",
};
const CHANGED = "pixels that change on a unit of the way";

const load = async () => {
  const [runs, walkers] = await Promise.all([fetched("walks.json", (answer) => answer.json()), loadWalkers()]);
  return { runs, walkers };
};

export const measure = ({ left, z1, z2 }, { runs, walkers }) => ({
  "width of the codes": runs[left].spread[RUN],
  [CHANGED]: speed(walkers[left].decoder, FROM, [z1, z2]),
});

function build(kit, data) {
  const { runs, walkers } = data;
  const left = choice(kit, "left", "left out in training:", { ...LEFT, smooth: "the smooth network (sine waves instead)" });
  const ask = predict(kit, "Without which of the three will the walk break, so that a picture no longer turns into the next? Answer, then leave out each.", {
    answers: TAKEN.map((name) => LEFT[name]),
  });
  const seen = new Set(); // what was left out so far
  kit.atReset(() => seen.clear());

  const field = walkerMap("left-out", LIMIT);
  const walked = svg("path", { class: "lb-line lb-way" });
  field.marks.append(walked, svg("circle", { class: "lb-line lb-way-start", cx: FROM[0], cy: -FROM[1], r: 0.12 }));
  const you = point(kit, field, "you");

  const passed = digits("left-out-way", "var(--lb-p)", PICTURES, "");
  const five = digits("left-out-five", "var(--lb-p)", PICTURES, "The walk from −2 to 2 in five trainings, which differ in their seed. Framed: the one on the map.");
  five.element.querySelector("svg").append(svg("rect", { class: "lb-line lb-framed", x: 0.3, y: 0.3, width: 89.4, height: 9.4 }));
  const strips = Object.fromEntries(Object.keys(LEFT).map((name) => [name, ORDER.flatMap((run) => pictures(runs[name].path[run]))]));
  const told = element("p", { class: "lb-do" });
  const measured = element("p", {});

  const stage = element("div", { class: "lb-stage lb-sided lb-walker" },
    element("style", {}, STYLE),
    element("div", { class: "lb-column" }, ask.element, left.element),
    element("div", { class: "lb-picture" }, field.element, passed.element, element("div", { class: "lb-tools lb-live" }, ...kit.tools())),
    element("div", { class: "lb-rest" }, element("div", { class: "lb-told" }, told, measured), five.element));

  function paint(state) {
    const { left: name, z1, z2 } = state;
    const { decoder, codes } = walkers[name];
    const here = [z1, z2];
    const stops = way(FROM, here, PICTURES);
    field.paint(walkers[name], stops);
    change(walked, { d: `M${FROM[0]} ${-FROM[1]}L${z1.toFixed(2)} ${(-z2).toFixed(2)}` });
    passed.paint(shown(decoder, stops));
    five.paint(strips[name]);
    const found = measure(state, data);
    const numbers = { "width of the codes": number(found["width of the codes"], 2), [CHANGED]: number(found[CHANGED], 1) };
    const outside = codes.filter((code) => Math.max(...code.map(Math.abs)) > LIMIT).length;
    const noticed = `On a unit of your walk, ${numbers[CHANGED]} pixels change`;
    write(told, TOLD[name]);
    write(measured, `${noticed} (a pixel counts each time that it does). The codes are ${numbers["width of the codes"]} times as wide as the prior${outside ? `, and ${outside} of ${codes.length} lie off this map` : ""}.`);
    left.paint();
    you.paint(state, noticed);
    seen.add(name);
    const missing = TAKEN.filter((one) => !seen.has(one)).map((one) => LEFT[one]);
    const judging = !missing.length && ask.answered() && !ask.judged();
    const changes = judging ? TAKEN.map((one) => speed(walkers[one].decoder, FROM, here)) : [];
    const [noise, kl, smooth] = changes.map((by) => number(by, 0));
    ask.paint(judging && changes.map((by) => by > BREAKS).join() === "false,false,true", {
      right: TAKEN.indexOf("smooth"),
      because: `On a unit of your walk ${noise} pixels changed without the noise, ${kl} without the KL, and ${smooth} without the smooth network, though noise and KL were both in its loss. On the walk of the five strips two trainings break, this one among them; the others show nearly one picture there.`,
    }, missing.length ? `Below, choose what is left out: ${missing.join(", then ")}.` : "Now drag the blue point elsewhere.");
    kit.say(`${TOLD[name]} ${noticed}.`);
    return numbers;
  }
  return { stage, paint, stop: you.stop };
}

/** A recorded walk, a digit of nine levels for each pixel. */
const pictures = (path) => path.map((levels) => Array.from(levels, (level) => level / 9));

const python = ({ left, z1, z2 }) => `\
from importlib.resources import files

from safetensors.torch import load
from torch import float64, linspace, tensor

from lowerbound.models import recorded

# Forty trained models: with and without noise, KL and smooth decoder, five runs each.
way = (${TAKEN.map((name) => (name === left ? "False" : "True")).join(", ")})
runs = {(r["noise"], r["kl"], r["smooth"], r["seed"]): r for r in recorded("continuity")}
print(f"width of the codes = {runs[*way, ${RUN}]['spread']:.2f}")

# The decoder of this run; its second layer is in sixteenths.
kept = files("lowerbound").joinpath("trained/walks.safetensors").read_bytes()
parts = [f"${left}.{part}" for part in ("weight1", "bias1", "weight2", "bias2")]
weight1, bias1, weight2, bias2 = (load(kept)[part].double() for part in parts)


def picture(z):
    sums = z @ weight1.T + bias1
    hidden = ${left === "smooth" ? "sums.sin()" : "sums * sums.sigmoid()"}
    return (hidden @ weight2.T / 16 + bias2).sigmoid()


start, here = tensor([[${FROM.join(", ")}], [${z1}, ${z2}]], dtype=float64)
length = (here - start).norm()
share = linspace(0, 1, int((32 * length).ceil()) + 1, dtype=float64)[:, None]
changes = picture(start + share * (here - start)).diff(dim=0).abs().sum()
print(f"${CHANGED} = {changes / length if length else 0:.1f}")
`;

export const start = instrument({ schema, load, build, python });
