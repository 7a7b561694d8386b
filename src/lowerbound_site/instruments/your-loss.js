// Your own loss: sum or mean, how many pixels, which weight. It says how wide the noise of a pixel is.

import { choice } from "./controls/choice.js";
import { loadGrey } from "./controls/data.js";
import { element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { digits } from "./draw/digits.js";
import { significant } from "./draw/format.js";
import { STYLE } from "./draw/trap-style.js";
import { noiseOf, rates, rebuilt } from "./maths/your-loss.js";

export const schema = {
  "error": { "of": ["sum", "mean"], "start": "sum" },
  "kl": { "of": ["sum", "mean"], "start": "sum" },
  "pixels": { "of": ["64", "1024", "12288"], "start": "1024" },
  "latents": { "of": ["2", "16"], "start": "16" },
  "weight": { "from": -4.5, "to": 1, "step": 0.0001, "start": 0 }
};

const FIGURES = 4; // of each number shown
const NEAR = 0.05; // of a power of ten: as near to what repairs it as a hand gets

/** The digits enlarged to so many pixels: each of the 64 stands there so many times. */
function measure(state, { spreads }) {
  const [pixels, latents] = [Number(state.pixels), Number(state.latents)];
  const { beta, variance } = noiseOf({ ...state, pixels, latents, weight: 10 ** state.weight });
  const enlarged = spreads.map((spread) => (spread * pixels) / 64);
  const told = rates(enlarged, latents, variance);
  return { beta, variance, enlarged, used: told.filter((rate) => rate > 0).length, told: told.reduce((a, b) => a + b, 0) };
}

const lines = ({ error, kl, weight }) => `\
error = ((x_hat - x)**2)${error === "sum" ? ".sum(1).mean()" : ".mean()"}
kl = kl_each_number${kl === "sum" ? ".sum(1).mean()" : ".mean()"}
loss = error + ${weight === 0 ? "" : `${significant(10 ** weight, FIGURES)} * `}kl`;

/** The factor, as its power of ten, that makes up for these means. */
const mending = (state) => -Math.log10(noiseOf({ ...state, pixels: Number(state.pixels), latents: Number(state.latents), weight: 1 }).beta);
const mended = (state) => Math.abs(state.weight - mending(state)) < NEAR;

const MISSING = "Now choose “mean” for the squared error.";

/** What a mean over the pixels has done, where the factor is 1. */
function verdict({ kl, pixels, latents }, { beta }, used) {
  const parts = kl === "sum" ? "and not the KL" : `and the KL only by ${latents}`;
  return {
    right: 2,
    because: `The mean divides the error by ${pixels} ${parts}: without a factor the KL weighs ${beta} times as much.`,
  };
}

function build(kit, grey) {
  const images = grey.images.map((image) => image.map((count) => count / 16));
  const error = choice(kit, "error", "squared error, over the pixels", { sum: "sum", mean: "mean" });
  const kl = choice(kit, "kl", "KL, over the latent numbers", { sum: "sum", mean: "mean" });
  const pixels = choice(kit, "pixels", "pixels (the same digits, each pixel copied)", { 64: "64 (8×8)", 1024: "1024 (32×32)", 12288: "12288 (64×64, in colour)" });
  const latents = choice(kit, "latents", "latent numbers", { 2: "2", 16: "16" });
  const weight = axisSlider(kit, "weight", "factor before the KL in your code", { small: 0.05, large: 0.5, page: 1 });
  const code = element("code", {});
  const given = digits("your-loss-x", "var(--lb-data)", 10, "ten unseen digits");
  const made = digits("your-loss-made", "var(--lb-ink)", 10, "the same, rebuilt by the best linear encoder and decoder");
  const shown = element("output", { class: "lb-sums", "aria-live": "off" });
  const question = predict(kit, "Take the mean over the pixels instead of the sum. How many of the 16 latent numbers stay in use?", {
    answers: ["all: it is only the learning rate", "about half", "none"],
  });
  const mend = element("button", { type: "button" });
  mend.addEventListener("click", () => kit.set({ weight: mended(kit.state) ? 0 : mending(kit.state) }, true));
  let tried; // the verdict, once the reader has been where the question leads
  kit.atReset(() => {
    tried = undefined;
  });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sided lb-trap" },
      element("style", {}, STYLE),
      element("div", { class: "lb-column" }, question.element, error.element, shown,
        element("div", { class: "lb-live lb-after" }, mend), element("div", { class: "lb-live lb-after" }, ...kit.tools())),
      element("div", { class: "lb-picture" }, given.element, made.element, element("pre", {}, code)),
      element("details", {}, element("summary", {}, "More to try: a mean for the KL, other sizes, any factor"),
        element("div", { class: "lb-row" }, kl.element, latents.element, pixels.element), weight.element),
    ),
    paint(state) {
      const { beta, variance, enlarged, used, told } = measure(state, grey);
      const numbers = {
        "beta": significant(beta, FIGURES),
        "sigma": significant(Math.sqrt(variance), FIGURES),
        "in use": String(used),
        "KL": told.toFixed(1),
      };
      for (const part of [error, kl, pixels, latents]) part.paint();
      const said = significant(10 ** state.weight, FIGURES);
      weight.paint(said, `× ${said}`);
      write(code, lines(state));
      given.paint(images);
      // Enlarging takes room, and no shape: the noise, in units of the 64 pixels, is narrower by as much.
      const scaled = (64 / Number(state.pixels)) * variance;
      made.paint(images.map((image) => rebuilt(image, grey, Number(state.latents), scaled).map((shade) => Math.min(1, Math.max(0, shade)))));
      const weighs = numbers.beta === "1" ? "as much as" : `${numbers.beta} times as much as`;
      const says = `In use: ${used} of ${state.latents} latent numbers. The KL weighs ${weighs} with both parts summed: β = ${numbers.beta}.`;
      write(shown, says);
      if (state.error === "mean" && state.weight === 0) tried ??= verdict(state, numbers, used);
      question.paint(Boolean(tried), tried, state.weight === 0 ? MISSING : "Press “Reset”: the question is about a factor of 1.");
      mend.hidden = state.error === "sum" || !question.judged();
      write(mend, mended(state) ? "Take the factor away" : "Repair it: a factor before the KL");
      kit.say(says);
      return numbers;
    },
  };
}

const python = ({ error, kl, pixels, latents, weight }) => `\
from math import floor, log10, sqrt

from lowerbound import digits, ppca

error, kl, pixels, latents, weight = "${error}", "${kl}", ${pixels}, ${latents}, 10**${weight}
beta = weight * (pixels if error == "mean" else 1) / (latents if kl == "mean" else 1)

grey = digits(binary=False).train / 16
enlarged = grey * sqrt(pixels / 64)  # as good as that many pixels, for ppca
best = ppca(enlarged, latents, noise=beta / 2)


def said(value):  # four digits of it
    text = f"{value:.{max(0, 3 - floor(log10(value)))}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


print("beta =", said(beta))
print("sigma =", said(sqrt(beta / 2)))
print("in use =", best.active_directions)
print(f"KL = {best.nats_per_direction.sum():.1f}")
`;

export const start = instrument({ schema, load: loadGrey, build, python });
