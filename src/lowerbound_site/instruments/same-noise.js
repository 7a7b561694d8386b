// The same noise at the same place of two maps: trained with noise, KL and smooth network, and trained without the noise.

import { change, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { point } from "./controls/point.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { digits } from "./draw/digits.js";
import { number, texts } from "./draw/format.js";
import { loadWalkers, walkerMap } from "./draw/walker.js";
import { STYLE } from "./draw/walker-style.js";
import { steadyNoise } from "./maths/draws.js";
import { reach } from "./maths/normal.js";
import { price, shown } from "./maths/walk.js";

export const schema = {
  "noise": { "from": 0, "to": 0.5, "step": 0.01, "start": 0 },
  "z1": { "from": -3, "to": 3, "step": 0.05, "start": 0 },
  "z2": { "from": -3, "to": 3, "step": 0.05, "start": -0.9 }
};

const LIMIT = 3; // of both maps
const TRAINED = { nothing: "with all three", noise: "without the noise" };
const PRICES = ["price with all three", "price without the noise"];
const NOISE = steadyNoise(60); // of these as many are shown as there are pictures
const PICTURES = 9;
const MOST = 25; // nats along a bar
const [ENOUGH, TIMES] = [0.2, 2]; // the noise from which on the answer is seen, if one price is so many times the other

const around = ({ noise, z1, z2 }) => NOISE.map(([e1, e2]) => [z1 + noise * e1, z2 + noise * e2]);

export function measure(state, walkers) {
  const prices = Object.keys(TRAINED).map((name) => price(walkers[name].decoder, [state.z1, state.z2], around(state)));
  return Object.fromEntries(PRICES.map((name, k) => [name, prices[k]]));
}

/** A map, a place on it, nine draws about that, and what they cost. */
function half(kit, walker, name) {
  const field = walkerMap(`same-noise-${name}`, LIMIT);
  const ring = svg("circle", { class: "lb-line lb-q-thin" });
  field.marks.append(ring);
  const you = point(kit, field, `you, ${TRAINED[name]}`);
  const here = digits(`same-noise-here-${name}`, "var(--lb-p)", 1, "decoded here");
  const nine = digits(`same-noise-nine-${name}`, "var(--lb-p)", 3, "nine draws");
  const length = element("i", { class: "lb-piece-grey" });
  const cost = element("p", {});
  return {
    element: element("div", { class: "lb-half" },
      element("p", { class: "lb-do" }, `trained ${TRAINED[name]}`),
      field.element,
      element("div", { class: "lb-nine" }, here.element, nine.element),
      cost,
      element("div", { class: "lb-track", "aria-hidden": "true" }, length)),
    stop: you.stop,
    paint({ noise, z1, z2 }, nats, text) {
      const said = `The noise costs ${text} nats.`;
      const draws = around({ noise, z1, z2 }).slice(0, PICTURES);
      field.paint(walker, noise ? draws : []);
      change(ring, { cx: z1, cy: -z2, r: noise * reach(0.95) });
      you.paint({ z1, z2 }, said);
      here.paint(shown(walker.decoder, [[z1, z2]]));
      nine.paint(shown(walker.decoder, draws));
      length.style.width = `${Math.min(100, (100 * nats) / MOST)}%`;
      write(cost, said);
    },
  };
}

function build(kit, walkers) {
  const halves = Object.keys(TRAINED).map((name) => half(kit, walkers[name], name));
  const noise = axisSlider(kit, "noise", "noise", { small: 0.01, large: 0.05, page: 0.1 });
  const ask = predict(kit, "The same place on two maps. Give both the same noise: on which will the nine draws drift apart faster?", {
    answers: ["with all three", "without the noise", "on both alike"],
  });
  return {
    stage: element("div", { class: "lb-stage lb-sided lb-noisy" },
      element("style", {}, STYLE),
      element("div", { class: "lb-column" },
        ask.element,
        noise.element,
        element("p", { class: "lb-legend" }, "Orange ring: 95 % of the noise. What it costs: an image that is made where you stand is less likely at the draws, by so many nats on average."),
        element("div", { class: "lb-live lb-after" }, ...kit.tools())),
      element("div", { class: "lb-picture" }, ...halves.map((one) => one.element))),
    paint(state) {
      const found = measure(state, walkers);
      const numbers = texts(found, 2);
      const [left, right] = PRICES.map((name) => found[name]);
      halves.forEach((one, k) => one.paint(state, found[PRICES[k]], numbers[PRICES[k]]));
      const said = PRICES.map((name) => `${name} ${numbers[name]} nats`).join(", ");
      noise.paint(said);
      const enough = state.noise >= ENOUGH;
      ask.paint(enough && right > TIMES * left, {
        right: 1,
        because: `A noise of ${number(state.noise, 2)} cost ${numbers[PRICES[0]]} nats on the left and ${numbers[PRICES[1]]} on the right, where the pictures within its reach change more.`,
      }, enough ? "Now drag the blue point nearer to the middle." : "Now pull the noise up.");
      kit.say(said);
      return numbers;
    },
    stop: () => halves.forEach((one) => one.stop()),
  };
}

const python = ({ noise, z1, z2 }) => `\
from importlib.resources import files

from safetensors.torch import load
from torch import arange, float64, stack, tensor
from torch.nn.functional import softplus
from torch.special import ndtri

kept = load(files("lowerbound").joinpath("trained/walks.safetensors").read_bytes())
here = tensor([[${z1}, ${z2}]], dtype=float64)
plastic = ${1.324717957244746}  # draws that are evenly spread
step = stack([arange(1, 61, dtype=float64) / plastic, arange(1, 61, dtype=float64) / plastic**2], 1)
draws = here + ${noise} * ndtri((0.5 + step) % 1)

names = {"nothing": "with all three", "noise": "without the noise"}
for left_out, trained in names.items():
    parts = [f"{left_out}.{part}" for part in ("weight1", "bias1", "weight2", "bias2")]
    weight1, bias1, weight2, bias2 = (kept[part].double() for part in parts)

    def decode(z):
        sums = z @ weight1.T + bias1
        return sums * sums.sigmoid() @ weight2.T / 16 + bias2  # the second layer is in sixteenths

    # KL(p(x|here) || p(x|draw)), on average over the draws
    at, there = decode(here), decode(draws)
    each = at.sigmoid() * (at - there) - softplus(at) + softplus(there)
    print(f"price {trained} = {each.sum(1).mean():z.2f}")
`;

export const start = instrument({ schema, load: loadWalkers, build, python });
