// A squared error plus a KL takes pixels to be noisy. How noisy, for a weight of the KL, is seen on one decoder's output.

import { element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { bitmap, tinted } from "./draw/bitmap.js";
import { number, significant, texts } from "./draw/format.js";
import { STYLE } from "./draw/trap-style.js";
import { fromHex } from "./maths/numbers.js";
import { Random } from "./maths/random.js";
import { ndtr } from "./maths/shares.js";

export const schema = {
  "weight": { "from": -3, "to": 4, "step": 0.05, "start": -1.7 }
};

const SIX = [...fromHex("183020203c36361c")]; // the held-out digit of the claim
const [TIMES, SIDE] = [4, 32]; // each pixel stands there so many times, in both directions
const CLEAN = Float64Array.from({ length: SIDE ** 2 }, (_, k) => SIX[8 * Math.floor(k / SIDE / TIMES) + Math.floor((k % SIDE) / TIMES)]);
const NEAR = 0.12; // of a power of ten: as near to a weight of 1 as a hand gets
const NOISE = new Random(0).normals(new Float64Array(SIDE ** 2));

export const measure = ({ weight }) => {
  const sigma = Math.sqrt(10 ** weight / 2);
  return { sigma, "share of pixels across the middle": ndtr(-0.5 / sigma) };
};

function build(kit) {
  const weight = axisSlider(kit, "weight", "weight of the KL", { small: 0.05, large: 0.5, page: 1 });
  const image = (name, caption) => {
    const ink = tinted(name, "var(--lb-p)", 1, true);
    return {
      element: element("div", { class: "lb-pixels" }, element("span", {}, caption), svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" }, ink.element)),
      paint: (shades) => ink.show(bitmap(SIDE, SIDE, shades), { x: 0, y: 0, width: SIDE, height: SIDE }),
    };
  };
  const output = image("noisy-six-output", "what the decoder puts out");
  const drawn = image("noisy-six-drawn", "an image as the loss takes it to be");
  const code = element("code", {});
  const said = element("output", { class: "lb-sums", "aria-live": "off" });
  const question = predict(kit, "Slide the weight to 1, as it is often written. How many pixels will look more like the other colour than like their own?", {
    answers: ["hardly any", "about one in four", "about half"],
    todo: "Now slide the “weight of the KL” to 1.",
  });
  output.paint(CLEAN);
  return {
    stage: element("div", { class: "lb-stage lb-scene lb-sided lb-trap" },
      element("style", {}, STYLE),
      element("div", { class: "lb-column" }, question.element, weight.element, said, element("div", { class: "lb-live lb-after" }, ...kit.tools())),
      element("div", { class: "lb-picture" }, element("div", { class: "lb-two" }, output.element, drawn.element), element("pre", {}, code))),
    paint(state) {
      const { sigma, "share of pixels across the middle": share } = measure(state);
      drawn.paint(CLEAN.map((ink, k) => Math.min(1, Math.max(0, ink + sigma * NOISE[k]))));
      const beta = significant(10 ** state.weight, 2);
      weight.paint(beta, beta);
      write(code, `loss = squared_error + ${state.weight === 0 ? "" : `${beta} * `}kl`);
      const says = `Noise of width ${number(sigma, 2)}: of 100 pixels, ${number(100 * share, 0)} look more like the other colour.`;
      write(said, says);
      question.paint(Math.abs(state.weight) < NEAR, {
        right: 1,
        because: `Noise as wide as that carried ${number(100 * share, 0)} of 100 pixels across the middle between black and white.`,
      });
      kit.say(says);
      return texts(measure(state), 2);
    },
  };
}

const python = ({ weight }) => `\
from torch import float64, tensor
from torch.distributions import Normal

beta = 10**${weight}  # of the loss: squared error + beta * KL
sigma = (beta / 2) ** 0.5
print(f"sigma = {sigma:.2f}")
across = Normal(tensor(0.0, dtype=float64), sigma).cdf(tensor(-0.5, dtype=float64))
print(f"share of pixels across the middle = {across:.2f}")
`;

export const start = instrument({ schema, build, python });
