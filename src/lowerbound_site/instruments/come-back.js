// Can the decoder be undone? One digit, a code in the hand, and what it decodes to: how many pixels are wrong?

import { loadAnswers } from "./controls/answers.js";
import { loadDecoder, loadImages } from "./controls/data.js";
import { change, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { keeping } from "./controls/kept.js";
import { point } from "./controls/point.js";
import { predict } from "./controls/predict.js";
import { gap as nats, number } from "./draw/format.js";
import { pixels } from "./draw/pixels.js";
import { islandOf, outline, plane } from "./draw/plane.js";
import { STYLE } from "./draw/come-back-style.js";
import { closest, survey, wrong } from "./maths/come-back.js";
import { sigmoid } from "./maths/numbers.js";
import { Grid, forward, loss } from "./maths/vae.js";

export const schema = {
  "digit": { "from": 0, "to": 359, "step": 1, "start": 1 },
  "z1": { "from": -3.5, "to": 3.5, "step": 0.01, "start": 0 },
  "z2": { "from": -3.5, "to": 3.5, "step": 0.01, "start": 0 },
  "show": { "of": ["nothing", "answer"], "start": "nothing" }
};

const LIMIT = 3.5;

const load = async () => {
  const [decoder, answers, images] = await Promise.all([loadDecoder(), loadAnswers(), loadImages()]);
  return { decoder, answers, images };
};

function build(kit, { decoder, answers, images }) {
  const once = keeping();
  const whole = () => once("map", "", () => survey(decoder, LIMIT));
  const grid = () => once("grid", "", () => new Grid(decoder));
  /** What the answer says of a digit. */
  const told = (digit) => once("told", digit, () => {
    const x = images[digit];
    const q = answers[digit];
    const { logEvidence, logMass } = grid().posterior(x);
    const middle = q.mean.map((z) => Math.round(100 * z) / 100); // as “Encode x” puts it
    return { q, island: islandOf(grid(), logMass), gap: loss(decoder, x, q) + logEvidence, middle: wrong(x, forward(decoder, middle)), ...closest(decoder, x, whole()) };
  });

  const field = plane("come-back", LIMIT);
  field.paintAtlas(decoder);
  const answer = [outline("lb-halo", 0.95), outline("lb-q-95", 0.95)];
  field.marks.append(...answer.map((part) => part.element));
  const you = point(kit, field, "code");

  const given = pixels("var(--lb-data)");
  const decoded = pixels("var(--lb-p)");
  const back = pixels("var(--lb-p)");
  const crosses = [["var(--lb-paper)", 0.42], ["var(--lb-ink)", 0.18]].map(([stroke, width]) => svg("path", { stroke, "stroke-width": width, "stroke-linecap": "round" }));
  back.element.querySelector("svg").append(...crosses);
  const counted = element("p", { class: "lb-count" });
  const button = (text, press) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", press);
    return made;
  };
  const go = ([z1, z2], more = {}) => kit.go({ z1, z2, ...more });
  const ask = predict(kit, "Drag the dot: it is a code, and you see what it decodes to. Is there one from which x comes back, pixel by pixel?", {
    answers: ["yes", "no, some pixels stay wrong"],
  });
  const another = () => kit.go({ digit: (kit.state.digit + 47) % images.length, z1: 0, z2: 0, show: "nothing" });
  const best = button("Best place on the map", () => go(told(kit.state.digit).z, { show: "answer" }));
  let fewest; // pixels wrong so far
  let of;
  let drawn;
  kit.atReset(() => (of = undefined));

  const stage = element("div", { class: "lb-stage lb-sided lb-back" },
    element("style", {}, STYLE),
    element("div", { class: "lb-column" }, ask.element),
    element("div", { class: "lb-picture" }, field.element),
    element("div", { class: "lb-rest" },
      element("div", { class: "lb-trio" }, given.element, decoded.element, back.element),
      counted,
      element("div", { class: "lb-buttons lb-live" }, button("Encode x", () => go(answers[kit.state.digit].mean)), best, button("Another digit", another)),
      element("div", { class: "lb-tools lb-live" }, ...kit.tools())));

  function paint(state) {
    const { digit, z1, z2 } = state;
    const x = images[digit];
    const logits = forward(decoder, [z1, z2]);
    const count = wrong(x, logits);
    const shown = state.show === "answer";
    if (of !== digit) {
      ask.again();
      [of, fewest] = [digit, count];
    }
    fewest = Math.min(fewest, count);
    given.paint(x, "<i>x</i>");
    decoded.paint(logits.map(sigmoid), "decoded");
    back.paint(logits.map((logit) => Number(logit > 0)), "in black and white");
    const missed = Array.from(x, (pixel, d) => (logits[d] > 0 === pixel > 0 ? "" : `M${(d % 8) + 0.3} ${(d >> 3) + 0.3}l0.4 0.4m0 -0.4l-0.4 0.4`)).join("");
    for (const cross of crosses) change(cross, { d: missed });
    write(counted, `${count} of 64 pixels ${count === 1 ? "is" : "are"} wrong (×).${shown ? "" : ` Your best so far: ${fewest}.`}`);
    you.paint(state, `${count} pixels wrong`);
    field.showIsland(shown, false);
    for (const part of answer) change(part.element, { visibility: shown ? "visible" : "hidden" });
    const numbers = { "pixels wrong": `${count}` };
    if (shown) {
      const { q, island, gap, middle, least } = told(digit);
      if (drawn !== island) field.paintIsland(null, null, island);
      drawn = island;
      for (const part of answer) part.paint(q);
      Object.assign(numbers, { "at the encoder's middle": `${middle}`, "at the best place": `${least}`, gap: nats(gap) });
      ask.paint(true, {
        right: least ? 1 : 0,
        because: `Of the places a hundredth apart the best leaves ${least} pixel${least === 1 ? "" : "s"} wrong, the encoder’s middle ${middle}. ${gap > 0.5 ? "Here that answer, orange, does not lie well" : `${least ? "And yet that" : "That"} answer, orange, lies`} on the places that probably made x, blue: its gap is ${numbers.gap} nats.`,
      });
    } else ask.paint(false, undefined, "Try it. Then press “Best place on the map”.");
    kit.say(`code ${number(z1, 2)}, ${number(z2, 2)}: ${count} pixels wrong`);
    return numbers;
  }
  return { stage, paint, stop: you.stop };
}

const python = ({ digit, z1, z2, show }) => `\
from torch import arange, cartesian_prod, float64, tensor

from lowerbound import Grid, digits, elbo, trained_digits

vae, x = trained_digits(), digits().held_out[[${digit}]]


def wrong(z):
    """For each code the pixels of x that are not the likelier ones."""
    return ((vae.decode(z) > 0) != x).sum(1)


print(f"pixels wrong = {wrong(tensor([[${z1}, ${z2}]], dtype=float64))[0]}")
${show === "answer" ? `q = vae.encode(x)
axis = 0.01 * arange(-350, 351, dtype=float64)
places = cartesian_prod(axis, axis).split(10_000)
gap = (Grid(vae).log_evidence(x) - elbo(vae, q, x)).item()
print(f"at the encoder's middle = {wrong(q.mean.round(decimals=2))[0]}")
print(f"at the best place = {min(int(wrong(z).min()) for z in places)}")
print(f"gap = {gap:.2f}" if gap < 9.995 else f"gap = {gap:.1f}")
` : ""}`;

export const start = instrument({ schema, load, build, python });
