// The loss of one image as two bars, and the lower one is cut anew: into pieces that need no p(x), so the cloud fades.

import { loadDecoder, loadEncoder, loadImages } from "./controls/data.js";
import { change, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { keeping } from "./controls/kept.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { answer } from "./draw/answer.js";
import { cutBars } from "./draw/cut-bars.js";
import { STYLE } from "./draw/cut-style.js";
import { number, significant, texts, whole } from "./draw/format.js";
import { pixels } from "./draw/pixels.js";
import { outline, plane } from "./draw/plane.js";
import { prints } from "./draw/python.js";
import { pieces } from "./maths/cuts.js";
import { LOG_2PI, upright } from "./maths/normal.js";
import { Grid, encode, logLikelihoods } from "./maths/vae.js";

export const schema = {
  "cut": { "of": ["gap", "reconstruction"], "start": "gap" },
  "digit": { "from": 0, "to": 359, "step": 1, "start": 304 },
  "z1": { "from": -3.5, "to": 3.5, "step": 0.01, "start": 0.4 },
  "z2": { "from": -3.5, "to": 3.5, "step": 0.01, "start": 1.21 }
};

// The image that it starts with, 304, is the held-out nine nearest to the average of the held-out nines; the code, about its most
// probable one on the grid of the claim.
const LIMIT = 3.5;
const PRIOR = upright(0, 0, 1, 1);
/** A factor as it is read. */
const times = (factor) => (factor < 0.01 ? "less than 0.01" : significant(factor, 2));
const NEEDS = {
  gap: "Both pieces of the upper bar take a sum over every code on the map: p(x) is that sum, and the blue cloud, p(z|x), is p(z) p(x|z) divided by it.",
  reconstruction: "Neither piece of the lower bar takes a sum over every code. What is pale or gone, your program doesn’t compute. The dotted circle holds 95 % of the prior.",
};

async function load() {
  const [decoder, encoder, images] = await Promise.all([loadDecoder(), loadEncoder(), loadImages()]);
  return { decoder, encoder, images };
}

function build(kit, { decoder, encoder, images }) {
  const grid = new Grid(decoder);
  const once = keeping(1); // the island is painted when the digit changes
  const field = plane("one-loss", LIMIT);
  field.paintAtlas(decoder);
  const prior = outline("lb-prior-ring", 0.95);
  prior.paint(PRIOR);
  const ellipse = answer();
  const dot = svg("circle", { r: 0.12, fill: "var(--lb-ink)", stroke: "var(--lb-paper)", "stroke-width": 0.05 });
  field.marks.append(prior.element, ellipse.element, dot);
  // The code goes to where the map is pressed, and follows the mouse; a finger that moves scrolls the page.
  for (const kind of ["click", "pointermove"]) {
    field.element.addEventListener(kind, (event) => {
      const held = event.buttons && event.pointerType === "mouse";
      if (kit.state.cut === "gap" || (kind === "pointermove" && !held)) return;
      const [z1, z2] = field.code(event);
      kit.set({ z1, z2 }, kind === "click");
    }, { signal: kit.signal });
  }
  const hands = [axisSlider(kit, "z1", "code z1"), axisSlider(kit, "z2", "code z2")];
  const target = pixels("var(--lb-data)");
  const bars = cutBars();
  const needs = element("p", {});
  const lines = [element("p", {}), element("p", {}), element("p", {})];
  const button = (text, press) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", press);
    return made;
  };
  const slide = button("", () => kit.set({ cut: kit.state.cut === "gap" ? "reconstruction" : "gap" }, true));
  const another = button("Another digit", () => kit.go({ digit: (kit.state.digit + 47) % images.length }));
  const question = predict(kit, "Your program cuts the same loss into reconstruction cost and KL to the prior. Beside the blue piece, will the reconstruction cost be…", {
    answers: ["shorter", "as long", "longer"],
    todo: "Now press “Cut the lower bar”.",
  });
  let before;
  let asked; // of which digit

  function paint({ cut, digit, z1, z2 }) {
    const isCut = cut === "reconstruction";
    const x = images[digit];
    const q = encode(encoder, x);
    const { logEvidence, logMass } = once("truth", digit, () => grid.posterior(x));
    const here = once("pieces", digit, () => pieces(decoder, x, q, logEvidence));
    const { loss, surprise, rebuilding, kl } = here;

    // The plane: the island only where it is needed.
    once("island", digit, () => field.paintIsland(grid, logMass));
    field.showIsland(!isCut);
    prior.element.setAttribute("display", isCut ? "inline" : "none");
    ellipse.paint(q);
    target.paint(x, "<i>x</i>");

    bars.slide(before !== undefined && before !== cut);
    bars.paint(here, { isCut, needed: !isCut, moved: isCut });
    stage.classList.toggle("lb-cut-once", isCut);
    const fit = logLikelihoods(decoder, x, Float64Array.of(z1, z2))[0];
    const logPrior = -0.5 * (z1 * z1 + z2 * z2) - LOG_2PI;
    // By Bayes’ rule log p(z|x) is log p(z) + log p(x|z) − log p(x).
    const logs = [fit - logEvidence, fit + logPrior - logEvidence - logPrior];
    change(dot, { cx: z1, cy: -z2, visibility: isCut ? "visible" : "hidden" });
    const [image, code] = logs.map((log) => times(Math.exp(log)));
    write(lines[0], `Given this code, x is ${image} times as probable: p(x|z)/p(x).`);
    write(lines[1], `Given x, this code is ${code} times as probable: p(z|x)/p(z).`);
    write(lines[2], `The log of either is ${number(logs[0], 2)}. On average over the encoder’s codes it is ${number(surprise - rebuilding, 2)}: the strip.`);
    for (const hand of hands) hand.paint(`both ${image} times as probable`, "");
    before = cut;
    write(needs, isCut && rebuilding < surprise ? `Orange right of the strip is as long as the gap above it. ${NEEDS[cut]}` : NEEDS[cut]);
    write(slide, isCut ? "Take the cut back" : "Cut the lower bar");
    if (asked !== undefined && asked !== digit) question.again();
    asked = digit;
    const longer = Math.sign(Number((rebuilding - surprise).toFixed(2)));
    question.paint(isCut, {
      right: 1 + longer,
      because: longer < 0
        ? "The blue piece takes codes from all over the map; codes chosen for x make x likelier. The KL to the prior charges for the choice."
        : "Some codes of the ellipse fit x badly, and they count in the average.",
    });
    const numbers = { loss: whole(loss), ...texts(isCut ? { "reconstruction cost": rebuilding, "KL(q||prior)": kl, "log p(x|z)/p(x)": logs[0], "log p(z|x)/p(z)": logs[1] } : { "-log p(x)": surprise, gap: Math.max(0, here.gap) }, 2) };
    kit.say(`${Object.entries(numbers).map(([name, text]) => `${name} ${text}`).join(", ")}.`);
    return numbers;
  }

  const stage = element("div", { class: "lb-stage lb-cutting" },
    element("style", {}, STYLE),
    element("div", { class: "lb-ask lb-live" }, element("div", { class: "lb-order" }, question.element, slide)),
    bars.element,
    field.element,
    element("div", { class: "lb-more" }, element("div", { class: "lb-code" }, ...lines), needs),
    element("div", { class: "lb-side" }, element("div", { class: "lb-code lb-live" }, ...hands.map((hand) => hand.element)), target.element, element("div", { class: "lb-live" }, another, element("div", {}, ...kit.tools()))));
  return { stage, paint };
}

const PRINTED = {
  gap: { "-log p(x)": "surprise", gap: "max(0.0, loss - surprise)" },
  reconstruction: { "reconstruction cost": "-reconstruction(vae, q, x).item()", "KL(q||prior)": "kl_each(q, vae.prior).item()", "log p(x|z)/p(x)": "(vae.log_likelihood(x, z) - evidence).item()", "log p(z|x)/p(z)": "(vae.log_joint(x, z) - evidence - vae.prior.log_prob(z)).item()" },
};
const IMPORTS = { gap: "Grid, digits, elbo, trained_digits", reconstruction: "Grid, digits, elbo, kl_each, reconstruction, trained_digits" };

const python = ({ cut, digit, z1, z2 }) => `${cut === "gap" ? "" : "from torch import float64, tensor\n\n"}from lowerbound import ${IMPORTS[cut]}

vae = trained_digits()
x = digits().held_out[[${digit}]]
q = vae.encode(x)

loss = -elbo(vae, q, x).item()
${cut === "gap" ? "surprise = -Grid(vae, points=72, limit=5).log_evidence(x).item()\n" : `z = tensor([[${z1}, ${z2}]], dtype=float64)
evidence = Grid(vae, points=72, limit=5).log_evidence(x)
`}${prints({}, { loss: "loss" }, 1)}${prints({}, PRINTED[cut], 2)}`;

export const start = instrument({ schema, load, build, python });
